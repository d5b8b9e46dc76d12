/** Words that make a key secret wherever they stand in it; a space stands for any separator or none. */
const SECRET_WORDS = [
  'password',
  'passwd',
  'pass phrase',
  'pwd',
  'secret',
  'token',
  'authorization',
  'cookie',
  'credential',
  'credit card',
  'card number',
  'security code',
  'social security',
  'cvv',
  'cvc',
  'api key',
  'access key',
  'private key',
  'session id',
  'jwt',
];
/** Words that count only when they stand by themselves: "className" contains "ssn", "shipping" contains "pin". */
const WHOLE_WORDS = ['ssn', 'iban', 'pin', 'otp'];
/** Personal rather than secret: in a text, "email: is required" says nothing of a person, and an address is known by its shape. */
const PERSONAL_WORDS = ['e mail', 'phone'];

/** Key names that differ from the built-in ones. */
export interface KeyOptions {
  readonly keys?: readonly string[];
  readonly allow?: readonly string[];
}

/** What a scrubber knows of key names. */
export interface KeyRules {
  isSensitive(key: string): boolean;
  /** Finds a secret key in a text; matches end where its separator is expected. */
  readonly inText: RegExp;
  /** Absent when no key is. */
  readonly isAllowed: ((key: string) => boolean) | undefined;
}

/** Makes the rules for key names. Casing and separators never matter: "set-cookie", "setCookie" and "SET_COOKIE" are one key. */
export function createKeyRules({ keys = [], allow = [] }: KeyOptions = {}): KeyRules {
  const allowed = new Set(allow.map(joined));
  const own = keys.map(words);
  const ownJoined = new Set(keys.map(joined));
  const whole = alternatives([...WHOLE_WORDS, ...own], ' ?');
  const anywhere = new RegExp(`${alternatives([...SECRET_WORDS, ...PERSONAL_WORDS], '')}|ssn$`);
  const wholeWords = new RegExp(`(?<!\\S)${whole}(?!\\S)`);
  // A regular expression tries every word at every letter unless told where none begins.
  const initials = new Set([...SECRET_WORDS, ...WHOLE_WORDS, ...own].map((word) => word[0]));
  return {
    isSensitive(key) {
      const name = joined(key);
      return (anywhere.test(name) || ownJoined.has(name) || wholeWords.test(words(key))) && !allowed.has(name);
    },
    inText: new RegExp(
      `(?=[${[...initials].join('')}])(?:${alternatives(SECRET_WORDS, '[ _-]?')}|(?<![a-z0-9])${alternatives([...WHOLE_WORDS, ...own], '[ _-]?')}(?![a-z0-9]))[\\w-]{0,24}`,
      'gi',
    ),
    isAllowed: allowed.size > 0 ? (key) => allowed.has(joined(key)) : undefined,
  };
}

/** "userSSN" and "user-ssn" become "user ssn". */
function words(key: string): string {
  return key
    .slice(0, MAX_KEY_LENGTH)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .toLowerCase();
}

function joined(key: string): string {
  return key
    .slice(0, MAX_KEY_LENGTH)
    .replace(/[^A-Za-z0-9]+/g, '')
    .toLowerCase();
}

/** A key is a name; what is longer is data in the wrong place. */
export const MAX_KEY_LENGTH = 200;

function alternatives(list: readonly string[], separator: string): string {
  return `(?:${list.map((word) => word.replaceAll(' ', separator)).join('|')})`;
}
