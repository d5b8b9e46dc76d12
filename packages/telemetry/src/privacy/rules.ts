import { scrubCardNumbers } from './card-numbers.ts';
import { scrubEmails } from './e-mails.ts';
import { isPartOfDigest } from './harmless-ids.ts';
import { scrubIbans } from './ibans.ts';
import { TOKEN } from './known-tokens.ts';
import { scrubLabelled } from './labelled-secrets.ts';
import { scrubAddresses } from './network-addresses.ts';
import type { KeyRules } from './sensitive-keys.ts';
import { scrubSql } from './sql-literals.ts';

/** What stands in the place of a removed value. */
export const REDACTED = '[redacted]';

/** What finds one kind of secret. */
export interface Rule {
  readonly name: string;
  /** A text without it cannot hold such a secret, which is cheaper to find out than to search. */
  readonly hint: RegExp;
  scrub(text: string): string;
}

/**
 * Every rule, in the order in which they are applied. Each takes time in proportion to the text: every repetition is bounded, cannot overlap what
 * follows it, or cannot fail once begun.
 */
export function createRules(keys: KeyRules, patterns: readonly RegExp[], keepAddresses: boolean): readonly Rule[] {
  return [
    {
      name: 'PEM blocks',
      hint: /BEGIN/,
      scrub: (text) => text.replace(PEM_BLOCK, REDACTED),
    },
    {
      name: 'values of SQL statements and of complaints about them',
      hint: /["'$]|\nparams:|contains \(|Key \(/,
      scrub: (text) => scrubSql(text, REDACTED),
    },
    {
      name: 'tokens with a known prefix',
      hint: /[\w.+/=~$-]{13}/,
      scrub: (text) =>
        text.replace(TOKEN, (token: string, at: number) =>
          isPartOfDigest(text, at, at + token.length) ? token : REDACTED,
        ),
    },
    {
      name: 'JSON web tokens',
      hint: /eyJ/,
      scrub: (text) => text.replace(JSON_WEB_TOKEN, REDACTED),
    },
    {
      name: 'webhooks',
      hint: /hook|\/bot\d/,
      scrub: (text) => text.replace(WEBHOOK, `$1${REDACTED}`),
    },
    {
      name: 'bearer, basic and digest credentials',
      hint: /bearer|basic|digest/i,
      scrub: (text) => text.replace(CREDENTIALS, `$1 ${REDACTED}`).replace(DIGEST, `$1 ${REDACTED}`),
    },
    {
      name: 'credentials in URLs',
      hint: /:\/\/|%3a%2f%2f/i,
      scrub: (text) => text.replace(URL_CREDENTIALS, `$1${REDACTED}$2`),
    },
    {
      name: 'values of queries',
      hint: /[?&][^=]{1,64}=/,
      scrub: (text) =>
        text.replace(QUERY_VALUE, (whole, name: string, value: string) =>
          isPlainValue(keys, name, value) ? whole : `${name}=${REDACTED}`,
        ),
    },
    {
      name: 'values in front of their labels',
      hint: /\bvalue\b/i,
      scrub: (text) =>
        text.replace(VALUE_FIRST, (whole, lead: string, quote: string, rest: string, name: string) =>
          keys.isSensitiveLabel(name) ? `${lead}${quote}${REDACTED}${rest}` : whole,
        ),
    },
    {
      name: 'values behind a secret label',
      hint: /[:=%,>＝：→⇒-]|\s["'`]|&gt;/,
      scrub: (text) => scrubLabelled(text, keys, REDACTED),
    },
    {
      name: 'credentials on a command line',
      hint: /-[apPuU]|-user/,
      scrub: scrubFlags,
    },
    ...patterns.map(
      (pattern): Rule => ({
        name: `the pattern ${pattern.source}`,
        hint: /(?:)/,
        scrub: (text) => text.replace(pattern, (match) => (match ? REDACTED : '')),
      }),
    ),
    {
      name: 'e-mail addresses',
      hint: /@|%40/,
      scrub: (text) => scrubEmails(text, REDACTED),
    },
    {
      name: 'card numbers',
      hint: /\d.{0,3}\d.{0,3}\d.{0,3}\d/,
      scrub: (text) => scrubCardNumbers(text, REDACTED),
    },
    {
      name: 'IBANs',
      hint: /[a-z]{2}.{0,3}\d{2}/i,
      scrub: (text) => scrubIbans(text, REDACTED),
    },
    {
      name: 'social security numbers',
      hint: /\d(?:[-‐‑–]|%2d)\d\d/i,
      scrub: (text) => text.replace(SOCIAL_SECURITY_NUMBER, REDACTED),
    },
    {
      name: 'telephone numbers in international form',
      hint: /\+|%2b|00/i,
      scrub: (text) => text.replace(TELEPHONE, REDACTED),
    },
    {
      name: 'network addresses',
      hint: keepAddresses ? /(?!)/ : /\d\.\d|[0-9a-f][:-][0-9a-f:]/i,
      scrub: (text) => (keepAddresses ? text : scrubAddresses(text, REDACTED)),
    },
    {
      name: 'names of home folders',
      hint: /home|users|profiles|settings/i,
      scrub: (text) => text.replace(HOME_FOLDER, `$1${REDACTED}`),
    },
  ];
}

/** For each rule a text that holds such a secret (what stands before it, the secret, what stands after it), and one that only looks like it. */
export const ruleExamples: Readonly<Record<string, RuleExample>> = {
  'PEM blocks': {
    holds: ['key ', '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----', ' loaded'],
    looksLikeIt: '-- BEGIN; SELECT 1; COMMIT;',
    hostile: '-----BEGIN ',
  },
  'values of SQL statements and of complaints about them': {
    holds: ['Key (name)=', '(Elm Street)', ''],
    looksLikeIt: "Nothing to update: the flag isn't set, so select one from the list.",
    hostile: "select from '",
  },
  'JSON web tokens': {
    holds: ['jwt ', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', ' expired'],
    looksLikeIt: 'HeyJudeIsHere plays',
    hostile: 'eyJaaaaaaaa.',
  },
  webhooks: {
    holds: ['POST https://hooks.slack.com/services/', 'T01/B02/abcDEF', ' 404'],
    looksLikeIt: 'https://example.com/docs/hooks/overview',
    hostile: 'hooks.zapier.com/hooks/catch/',
  },
  'tokens with a known prefix': {
    holds: ['found ', `gh${'p_'}0123456789abcdefghijABCDEFGHIJ012345`, ' in the log'],
    looksLikeIt: 'npm_config_registry and ghp_ are no tokens, nor is sk_liveness_probe_interval_seconds',
    hostile: 'SK4b1dghp_',
  },
  'bearer, basic and digest credentials': {
    holds: ['sent Bearer ', 'abcdef123456', ' twice'],
    looksLikeIt: 'basic authentication required',
    hostile: 'bearer digest a',
  },
  'credentials in URLs': {
    holds: ['postgres://', 'root:hunter2', '@db:5432/x'],
    looksLikeIt: 'http://localhost:3000/users/@me',
    hostile: '://a:',
  },
  'values of queries': {
    holds: ['GET /z?page=2&name=', 'Peter', '&limit=10'],
    looksLikeIt: 'GET /z?page=2&limit=10&sort=asc',
    hostile: '?a=&b',
  },
  'values in front of their labels': {
    holds: ['<input value="', 'hunter2', '" name="password">'],
    looksLikeIt: '<input value="Berlin" name="city">',
    hostile: 'value="a" name=',
  },
  'values behind a secret label': {
    holds: ['assert(token === "', 's3cr3t', '")'],
    looksLikeIt: 'author: Peter, tokens_used=12, x_password=\nnext line',
    hostile: 'password: "',
  },
  'credentials on a command line': {
    holds: ['curl -u ', 'joe:hunter2', ' https://example.com'],
    looksLikeIt: 'mkdir -p build && docker run -p 8080:80 -u 1000:1000 app',
    hostile: '-u a:-p b ',
  },
  'e-mail addresses': {
    holds: ['mail to ', 'joe.smith+x@example.co.uk', ' now'],
    looksLikeIt: 'icon@3x.png from git@github.com, @sentry/node',
    hostile: 'a.b@%40',
  },
  'card numbers': {
    holds: ['card ', '4111 1111 1111 1111', ' declined'],
    looksLikeIt: 'order 20240115123456, EAN 4006381333931, sha 4111111111111111aaaaaaaaaaaaaaaa',
    hostile: '4 ',
  },
  IBANs: {
    holds: ['to ', 'DE89 3704 0044 0532 0130 00', ' today'],
    looksLikeIt: 'ad12aa34-5bcd-4ef0-8123-456789abcdef in DE12 3456 7890',
    hostile: 'DE89 3704 ',
  },
  'social security numbers': {
    holds: ['SSN is ', '078-05-1120', ''],
    looksLikeIt: 'part 000-12-3456, on 2024-01-15, range 123-45-67890',
    hostile: '123-45-',
  },
  'telephone numbers in international form': {
    holds: ['call ', '+49 (0)30 901820', ' now'],
    looksLikeIt: '2024-01-15T10:00:00+02:00, UTC+0200, 1e+10, +12 %',
    hostile: '+4 ',
  },
  'network addresses': {
    holds: ['from ', '203.0.113.7', ':443'],
    looksLikeIt: 'v1.2.3.4 on 127.0.0.1 and 10.0.0.7, std::a1b2, at 12:30:45, fe80::1',
    hostile: '2001:1.2.',
  },
  'names of home folders': {
    holds: ['at /home/', 'joe', '/app/index.js'],
    looksLikeIt: 'GET https://shop.example/home/garden and /users/42',
    hostile: 'C:\\Users\\a /home/',
  },
};

/** One entry of {@link ruleExamples}. */
export interface RuleExample {
  readonly holds: readonly [before: string, secret: string, after: string];
  readonly looksLikeIt: string;
  /** What makes a careless pattern look at the same characters again and again, when it is repeated. */
  readonly hostile: string;
}

const SPACE_IN_PEM = '(?:[ _+]|%20)';
// Also one whose end is missing, and one that a shell or a form has shortened.
const PEM_BLOCK = new RegExp(
  `(?:-{4,5}BEGIN${SPACE_IN_PEM}[A-Z0-9]|-{1,5}BEGIN[A-Z0-9 ]{0,40}PRIVATE KEY)[\\s\\S]*?(?:-END(?:${SPACE_IN_PEM}|[A-Z0-9]){0,60}-*|$)`,
  'g',
);
// With two parts or more wherever it begins; cut off, at the beginning of a word.
const JSON_WEB_TOKEN =
  /eyJ[\w-]{8,}(?:\.[\w-]*){1,4}|e[wy][\w-]{15,300}\.e[wy][\w-]{15,}\.[\w-]*|(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2}))eyJ[\w-]{8,}/g;
const WEBHOOK =
  /(hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/|api\.telegram\.org\/(?:file\/)?bot|[\w-]{1,63}\.webhook\.office\.com\/webhookb2\/|hooks\.zapier\.com\/hooks\/catch\/|chat\.googleapis\.com\/v1\/spaces\/[\w-]{1,40}\/messages\?)[^\s"'<>`\\]{4,}/gi;
const CREDENTIALS = /\b(bearer|basic)(?:\s|%20|\+){1,8}(?!(?:auth\w*|access|realm)\b)[\w+/=.~-]{6,}/gi;
const DIGEST = /\b(digest)\s{1,4}(?=[a-z]{1,20}=)[^\r\n]*/gi;
// A password may hold slashes and at signs; a port may not.
const URL_CREDENTIALS =
  /(:\/\/|%3a%2f%2f)(?:[^\s/?#@:]{0,256}(?::|%3a)(?!\d{1,5}(?![^/?#\s]))[^\s"'<>]{1,256}|(?!(?:git|svn|hg)@)[^\s/?#"'<>]{1,256})(@|%40)/gi;
const QUERY_VALUE = /([?&][\w.~%[\]-]{1,64})=((?:[^\s&#"'<>]|["'](?![\s,;:)}\]>.]|$))+)/g;
const VALUE_FIRST =
  /(\bvalue["']?\s{0,4}[:=]\s{0,4})(["'])[^"']{1,200}(\2[\s,]{1,4}["']?(?:name|key|id|type|field)["']?\s{0,4}[:=]\s{0,4}["']([\w.-]{1,64})["'])/gi;
const SOCIAL_SECURITY_NUMBER = /(?<![\d-])(?!000|666)\d{3}([-‐‑–]|%2d)(?!00)\d\d\1(?!0000)\d{4}(?![\d-])/gi;
/** ITU-T E.164: a country code and at most 15 digits in all. */
const TELEPHONE =
  /(?:(?<![\w+.)\]])(?:\+|%2b)(?=[1-9])(?!\d{6}-\d\d-\d\d)|(?<![\w.+-])00(?=[1-9]\d{0,2}[ /-]))(?:\(?\d\)?(?:[ ./\u00a0-]|%20)?){9,15}(?<![ ./\u00a0-])(?!\d|:\d)/gi;
// Of the names of people: not of pages such as https://example.com/home/garden.
const HOME_FOLDER =
  /(\/home\/(?<!:\/\/[^\s/]{1,253}\/home\/)|\/Users\/(?<!:\/\/[^\s/]{1,253}\/Users\/)|%2[Ff](?:home|Users)%2[Ff]|(?:[A-Za-z]:|\\)[\\/]{1,4}(?:[Uu]sers|[Dd]ocuments and [Ss]ettings|[Ww]indows[\\/]{1,4}[Pp]rofiles)[\\/]{1,4})(?![[:\\/])(?:[^\\/\s"'`<>|:*?%&,;()[\]{}]|(?<=\w) (?=[^\\/\s"'`<>|:*?%]{1,40}[\\/]))+/g;

/** Numbers and words by which lists are paged and sorted; not under a name that may stand for a secret. */
function isPlainValue(keys: KeyRules, name: string, value: string): boolean {
  return (
    value === REDACTED ||
    (/^(?:-?\d{1,4}|true|false|asc|desc)$/.test(value) &&
      !/code|zip|post|birth|dob|pass/i.test(name) &&
      !keys.isSensitive(name.slice(1)))
  );
}

const USER_FLAG =
  /(?<![\w-])(-[uU]|--(?:proxy-)?user)(=|\s{1,4}|(?=[\w"'.@]))("[^"\n]{0,100}:[^"\n]{1,200}"|'[^'\n]{0,100}:[^'\n]{1,200}'|[^\s:"'-][^\s:"']{0,100}:[^\s"']{1,200})/g;
const REDIS_PASSWORD =
  /(\bredis-cli\b[^|;&\n]{0,80}?\s-a\s{1,4})([^\s"'-][^\s]{0,200}|"[^"\n]{1,200}"|'[^'\n]{1,200}')/g;
const PASSWORD_FLAG = /(?<![\w-])(-[pP])(\s{1,4}|(?=["'\w]))("[^"\n]{1,200}"|'[^'\n]{1,200}'|[^\s"'-][^\s"']{0,200})/g;
/** Commands whose `-p` names no password. */
const OTHER_COMMAND =
  /\b(?:mkdir|cp|ps|git|rsync|tar|tsc|install|touch|perl|node|python3?|pytest|vitest|jest|grep|lsof|netstat|nmap|ssh|scp|kill|make|ninja|screen|trap|cat|npm|npx|yarn|pnpm|playwright|nc|serve|chromium)\b[^|;&\n]*$/;

function scrubFlags(text: string): string {
  return text
    .replace(REDIS_PASSWORD, (whole, lead: string, value: string) => (value === REDACTED ? whole : lead + REDACTED))
    .replace(USER_FLAG, (whole, flag: string, gap: string, value: string) =>
      value.includes('://') || /^\d+:\d+$/.test(value) ? whole : `${flag}${gap}${REDACTED}`,
    )
    .replace(PASSWORD_FLAG, (whole, flag: string, gap: string, value: string, offset: number) => {
      const isOther =
        /^[\d.:]+(?:-\d+)?(?:\/\w+)?$|[/\\]|^[:=[]/.test(value) ||
        value === REDACTED ||
        (gap === '' && !/\b(?:mysql|mariadb)/.test(before(text, offset)));
      return isOther || OTHER_COMMAND.test(before(text, offset)) ? whole : `${flag}${gap}${REDACTED}`;
    });
}

/** The last part of a line in front of a flag. */
function before(text: string, offset: number): string {
  return text.slice(Math.max(0, offset - 120), offset);
}
