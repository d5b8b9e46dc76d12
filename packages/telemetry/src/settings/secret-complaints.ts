/** Says what is wrong with secrets without showing them. Each function returns `undefined` for a value that is usable. */

/** Returns a complaint about a text that is too short or too long, or has characters beside letters, digits, `-` and `_`. */
export function wrongToken(value: string, minLength: number, maxLength: number): string | undefined {
  if (value.length < minLength || value.length > maxLength) return lengthOf(value);
  return /^[\w-]*$/.test(value) ? undefined : describeSecret(value);
}

/** Returns a complaint about a text that is too short. */
export function tooShort(value: string, minLength: number): string | undefined {
  return value.length < minLength ? lengthOf(value) : undefined;
}

/** Returns a complaint about a pair that is not `user:secret`. */
export function wrongPair(value: string): string | undefined {
  const [user, ...secret] = value.split(':');
  if (/\s/.test(value)) return describeSecret(value);
  if (secret.length === 0) return `${lengthOf(value)} without a colon`;
  if (user === '') return 'a colon without a user before it';
  return secret.join(':') === '' ? 'a colon without a secret after it' : undefined;
}

/** Returns a complaint about a text that is no Sentry DSN. */
export function wrongDsn(value: string): string | undefined {
  if (/\s/.test(value)) return describeSecret(value);
  const scheme = schemeComplaint(value, ['http', 'https']);
  if (scheme !== undefined) return scheme;
  if (!/^https?:\/\/\w+(:\w*)?@/i.test(value)) return 'a URL without a public key before an @';
  if (!/\/\d+$/.test(value)) return 'a URL that does not end with the number of a project';
  const isDsn = /^https?:\/\/\w+(:\w*)?@[^/@?#\\]+(\/[^?#\\]*)?\/\d+$/i.test(value) && URL.canParse(value);
  return isDsn ? undefined : 'a URL whose host cannot be read';
}

/** Returns a complaint about a text that is no address with one of the schemes and a host. */
export function wrongAddress(value: string, schemes: readonly string[]): string | undefined {
  if (/\s/.test(value)) return describeSecret(value);
  const scheme = schemeComplaint(value, schemes);
  if (scheme !== undefined) return scheme;
  if (!URL.canParse(value))
    return 'a URL that cannot be parsed: check its port, and that a password is percent-encoded';
  const { hostname, username, password } = new URL(value);
  if (hostname === '') return 'a URL without a host';
  try {
    // As its client does when it connects.
    decodeURIComponent(username + password);
    return undefined;
  } catch {
    return 'a URL whose password is not percent-encoded';
  }
}

/** Returns the length of a secret and the kinds of unusual characters in it, such as `12 characters, among them spaces`; of a URL also its scheme. */
export function describeSecret(value: string): string {
  const kinds = KINDS.flatMap(([kind, pattern]) => (pattern.test(value) ? [kind] : []));
  const [, scheme] = SCHEME.exec(value) ?? [];
  if (scheme !== undefined && kinds.join() === 'punctuation') return `${lengthOf(value)} that begin with ${scheme}`;
  return lengthOf(value) + (kinds.length > 0 ? `, among them ${kinds.join(', ')}` : '');
}

const KINDS: readonly (readonly [string, RegExp])[] = [
  ['spaces', / /],
  ['line breaks', /[\r\n]/],
  ['quotes', /["'`]/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  ['control characters', /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/],
  ['characters outside ASCII', /[^\p{ASCII}]/u],
  ['punctuation', /[!#-&(-,./:-@[-^{-~]/],
];

function lengthOf({ length }: string): string {
  return length === 1 ? '1 character' : `${length} characters`;
}

const SCHEME = /^([a-z][a-z0-9+.-]{0,20}:\/\/)/i;

function schemeComplaint(value: string, schemes: readonly string[]): string | undefined {
  const [, scheme] = /^([a-z][a-z0-9+.-]{0,20}):\/\//i.exec(value) ?? [];
  if (scheme === undefined) return `${lengthOf(value)} that do not begin with ${schemes[0]}://`;
  return schemes.includes(scheme.toLowerCase()) ? undefined : `a URL that begins with ${scheme}://`;
}
