/** Characters without which an id is neither an e-mail address nor a telephone number. */
export const MAY_BE_PERSONAL = /[@%+＠﹫＋]/;
const ENCODED = /(?:%[\da-f]{2})+/gi;
/** An address may have been encoded for a URL within a URL. */
const MAX_DECODINGS = 4;
/** More of an id is never sent. */
const MAX_LENGTH = 1024;

const HOLDS_ADDRESS =
  /[^\s@]@(?:(?:[\p{L}\p{N}\p{M}_-]{1,63}\.){1,16}[\p{L}\p{N}\p{M}-]{1,63}|localhost(?![\p{L}\p{N}_-])|\[[\da-z.:]{2,50}\])/u;
/** `mailto:jane@example.com?subject=x`, `Jane Doe <jane@example.com>`: the address is the same. */
const WRAPPED = /^(?:mailto:\s*|[^<>@]{0,255}<(?:mailto:)?)([^\s@<>?]{1,255}@[^\s@<>?]{1,255})(?:\?.{0,512}|>)?$/u;
/** ITU-T E.164: a country code, and at most 15 digits in all. */
const TELEPHONE = /^(?:tel:\s*)?\+([1-9](?:[\s()./-]{0,3}\d){7,14})$/;

/**
 * Returns the normal form of an id that is an e-mail address or an international telephone number, or holds an address: decoded, trimmed and in lower
 * case, so that all spellings of one address have one form. Returns `undefined` for every other id.
 */
export function personalIdOf(id: string): string | undefined {
  if (!MAY_BE_PERSONAL.test(id)) return undefined;
  const text = plain(decoded(id.slice(0, MAX_LENGTH)));
  if (HOLDS_ADDRESS.test(text)) return WRAPPED.exec(text)?.[1] ?? text;
  const [, digits] = TELEPHONE.exec(text) ?? [];
  return digits && `+${digits.replace(/\D/g, '')}`;
}

function decoded(id: string): string {
  let text = id;
  for (let pass = 0; pass < MAX_DECODINGS && text.includes('%'); pass++) text = text.replace(ENCODED, decodedPart);
  return text;
}

function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Bytes that are not UTF-8, with ASCII among them.
    return part.replace(/%[2-7][\da-f]/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
  }
}

/** Without invisible characters, spaces around the at sign, and the full-width forms that an input method writes. */
function plain(text: string): string {
  const visible = text.normalize('NFKC').replace(/\p{Cf}/gu, '');
  return visible
    .replace(/。/g, '.')
    .replace(/\s{0,8}@\s{0,8}/g, '@')
    .trim()
    .toLowerCase();
}
