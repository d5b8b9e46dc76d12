/** What stands in the place of a removed value. */
export const REDACTED = '[redacted]';

/** Longer texts are cut before they are searched, so that one call has a bounded cost. */
const MAX_TEXT_LENGTH = 16_384;

/**
 * Removes by their shape, anywhere in a text: e-mail addresses, JSON web tokens, bearer and basic credentials, credentials and query values in
 * URLs, `key=value` pairs with a secret key, and card numbers that pass the Luhn check.
 *
 * Every pattern is linear: each repetition is bounded or cannot overlap what follows it.
 */
export function scrubText(text: string): string {
  const bounded = text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
  return bounded
    .replace(QUERY_PARAMETERS, `$1 ${REDACTED}`)
    .replace(JSON_WEB_TOKEN, REDACTED)
    .replace(CREDENTIALS, `$1 ${REDACTED}`)
    .replace(URL_CREDENTIALS, `://${REDACTED}@`)
    .replace(QUERY_VALUE, `$1=${REDACTED}`)
    .replace(SECRET_PAIR, `$1${REDACTED}`)
    .replace(E_MAIL, REDACTED)
    .replace(DIGIT_GROUPS, (digits) => (isCardNumber(digits) ? REDACTED : digits));
}

// Drizzle quotes every value of a failed query at the end of its message.
const QUERY_PARAMETERS = /(\nparams:) .*$/s;
const JSON_WEB_TOKEN = /\beyJ[\w-]{4,4096}\.[\w-]{4,4096}\.[\w-]{0,4096}/g;
const CREDENTIALS = /\b(bearer|basic)\s{1,8}[\w+/=.~-]{6,}/gi;
const URL_CREDENTIALS = /:\/\/[^\s/@:]{0,256}:[^\s/@]{1,256}@/g;
const QUERY_VALUE = /([?&][\w.~%[\]-]{1,64})=[^\s&#"'<>]+/g;
const SECRET_PAIR =
  /((?:password|passwd|pwd|secret|token|authorization|cookie|api[_-]?key|cvv|ssn)["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"',;&[]+/gi;
const E_MAIL = /[\w.!#$&'*+/=?^`{|}~-]{1,64}(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}/gi;
const DIGIT_GROUPS = /\b\d(?:[ -]?\d){12,18}\b/g;

/** ISO/IEC 7812 numbers carry a check digit; twelve of thirteen random digit runs fail it. */
function isCardNumber(text: string): boolean {
  let sum = 0;
  let double = false;
  for (let index = text.length - 1; index >= 0; index--) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) continue;
    const value = double ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
    double = !double;
  }
  return sum % 10 === 0;
}
