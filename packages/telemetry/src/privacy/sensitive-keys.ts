/**
 * Words that make a key secret as whole words: a space stands for any separator or none, so "api key" is `apiKey`, `API_KEY` and `apikey`.
 * Those that begin with `~` count at the end of a longer word too: `csrftoken`, `fasthttpsessionid`.
 */
const SECRET_TERMS = [
  ...['~password', '~passwd', '~passphrase', '~passcode', '~pwd', 'pass word', 'pass phrase', 'pass code'],
  ...['password(?:hash|digest|salt|value|confirm|confirmation|again|repeat)', 'passwort', 'contrasena'],
  ...['pass', 'pw', 'passkey', '~secret', '~token', '~cookie', '~credential', 'creds?', 'credenciales'],
  ...['auth', 'oauth', 'authentication', '~authorization', '~bearer', '~jwt', 'saml', 'saml (?:request|response)'],
  ...[
    '~api key',
    '~access key',
    '~private key',
    'priv key',
    '~secret key',
    'encryption key',
    'signing key',
    'master key',
  ],
  ...['account key', 'service key', 'license key', 'auth key', 'shared key', 'session key', 'deploy key', 'host key'],
  ...['~session', '~session id', '~sess id', 'sid', 'sentry sid', '~csrf', '~xsrf', 'signature', 'sig', 'hmac'],
  ...[
    'otp',
    'totp',
    'hotp',
    'two factor',
    '2 fa',
    'mfa',
    'one time (?:code|pass)',
    '(?:recovery|backup|verification) codes?',
  ],
  ...['code verifier', 'seed phrase', 'mnemonic', 'connection string', 'conn str', 'pin', 'pin code', 'remember me'],
  ...[
    'credit card',
    'debit card',
    'card (?:number|num|no)',
    'cc (?:number|num|no)',
    'cvv',
    'cvc',
    'csc',
    'security code',
  ],
  ...['ssn', 'social security', 'iban', 'imei'],
];
/** Personal rather than secret, or too short to say much: in a text "email: is required" says nothing of a person, and addresses have a shape. */
const OBJECT_TERMS = [
  ...['~e mail', '~phone', 'phone (?:number|no)', 'su', 'sudo', 'symfony'],
  ...['forwarded for', 'real ip', 'remote addr(?:ess)?', 'ip addr(?:ess)?', 'client ip'],
];

/** Words that make a key say something about a secret instead of holding one, at its beginning or just before the secret's word. */
const BEFORE = /^(?:has|is|was|can|should|needs?|requires?|required|no|without|uses?|allows?|supports?|shows?|hides?)$/;
/** The same for counts: `max_tokens`, `promptTokens`. */
const COUNTED =
  /^(?:max|min|num|number|total|count|input|output|prompt|completion|cached|reasoning|used|remaining|context|per)$/;
/** The same at its end: `token_type`, `password_changed_at`, `session_count`. */
const AFTER = new RegExp(
  `^(?:${[
    'counts?|types?|len|length|size|limits?|used|usage|remaining|enabled|disabled|required|optional|expires?|expiry|expired|expiration',
    'in|at|on|ttl|duration|timeout|age|status|state|valid|validity|policy|strength|methods?|mode|algorithms?|alg|format|version',
    'max|min|total|seconds|ms|minutes|hours|days|scopes?|issuer|audience|endpoint|urls?|uri|paths?|file|filename|dir|stdin|services?|provider',
    'changed|created|updated|verified|sent|missing|present|exists|consent|banner|names?|fields?|index|errors?|failed|failures?|attempts|retries',
    'handler|middleware|routes?|page|form|rotation|rate|budget|window|kind|level|flow|start|started|starts|end|ended|less|through|per|replay',
  ].join('|')})$`,
);

/** Key names that differ from the built-in ones. */
export interface KeyOptions {
  readonly keys?: readonly string[];
  readonly allow?: readonly string[];
  /** Whether keys such as `remote_addr` are let pass. */
  readonly keepAddresses?: boolean;
}

/** What a scrubber knows of key names. */
export interface KeyRules {
  /** Whether a value under this key must go. */
  isSensitive(key: string): boolean;
  /** Whether what follows this label in a text must go. */
  isSensitiveLabel(label: string): boolean;
  /** Finds what may be part of a sensitive label. */
  readonly inText: RegExp;
}

/** A key is a name; what is longer is data in the wrong place. */
export const MAX_KEY_LENGTH = 200;
/** Keys repeat, so what was found out about one is kept. */
const MAX_REMEMBERED = 2000;

/**
 * Makes the rules for key names. Keys are compared by whole words, in any casing and with any separators: `setCookie`, `set-cookie` and
 * `SET_COOKIE` are one key; `author`, `passenger` and `secretary` hold no secret word.
 */
export function createKeyRules({ keys = [], allow = [], keepAddresses = false }: KeyOptions = {}): KeyRules {
  const allowed = new Set(allow.map(joined));
  const own = keys.map(words);
  const personal = OBJECT_TERMS.filter((term) => !(keepAddresses && /\bip\b|addr|forwarded/.test(term)));
  const label = pattern([...SECRET_TERMS, ...own]);
  const key = pattern([...SECRET_TERMS, ...personal, ...own]);
  const ownJoined = new Set(keys.map(joined));
  const roots = [...SECRET_TERMS, ...own].map(rootOf);
  // A regular expression tries every word at every letter unless told where none begins.
  const initials = [...new Set([...roots.map((root) => root.replace(/^\(\?:/, '')[0]), ...'rbv'])].join('');
  const judge = (term: RegExp) =>
    remembered((name) => {
      const compact = joined(name);
      return !allowed.has(compact) && (ownJoined.has(compact) || holds(words(name), term));
    });
  return {
    isSensitive: judge(key),
    isSensitiveLabel: judge(label),
    inText: new RegExp(`(?=[${initials}])(?:${roots.join('|')})`, 'gi'),
  };
}

/** Whether one of the secret terms in a key is not merely described. */
function holds(name: string, term: RegExp): boolean {
  for (const { 0: match, index } of name.matchAll(term)) {
    const before = name.slice(0, index).trimEnd().split(' ');
    const after = name
      .slice(index + match.length)
      .trim()
      .split(' ');
    const near = before.at(-1) ?? '';
    const isCount = /tokens\d*$/.test(match) && COUNTED.test(near);
    if (!isCount && !BEFORE.test(near) && !BEFORE.test(before[0] ?? '') && !AFTER.test(after.at(-1) ?? '')) return true;
  }
  return false;
}

/** Whole words in a name that {@link words} made; plurals and numbers at the end count as the same word. */
function pattern(terms: readonly string[]): RegExp {
  const alternatives = terms.map((term) =>
    term.startsWith('~') ? `(?:\\S*?)${spaced(term.slice(1), ' ?')}` : spaced(term, ' ?'),
  );
  return new RegExp(`(?<!\\S)(?:${alternatives.join('|')})s?\\d*(?!\\S)`, 'g');
}

/** What of a term is looked for in a text, in any casing. */
function rootOf(term: string): string {
  return spaced(term.replace('~', ''), '[ _.-]?');
}

function spaced(term: string, separator: string): string {
  return term.replace(/ (?![^(]*\))/g, separator);
}

/** "userSSN", "user-ssn" and "USER_SSN" become "user ssn". */
function words(key: string): string {
  return key
    .slice(0, MAX_KEY_LENGTH)
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/[^A-Za-z\d]+/g, ' ')
    .trim()
    .toLowerCase();
}

function joined(key: string): string {
  return key
    .slice(0, MAX_KEY_LENGTH)
    .replace(/[^A-Za-z0-9]+/g, '')
    .toLowerCase();
}

function remembered(judge: (key: string) => boolean): (key: string) => boolean {
  const known = new Map<string, boolean>();
  return (key) => {
    let verdict = known.get(key);
    if (verdict === undefined) {
      verdict = judge(key);
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(key, verdict);
    }
    return verdict;
  };
}
