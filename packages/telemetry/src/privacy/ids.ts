import { scrubCardNumbers } from './card-numbers.ts';

/** UUIDs, hexadecimal of 32 or 64 digits, and short words, with the prefix of a device: what ids usually are. None needs an escape in JSON. */
export const USUAL_ID =
  /^(?:\$device:)?(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\da-f]{32}(?:[\da-f]{32})?|(?!eyJ|(?:\D{0,9}\d){12})[A-Za-z_][\w-]{0,23}|\d{1,11})$/;
/** Names of properties that hold an id. */
export const NAMES_ID = /(?:^|[_.-])id$|Id$/;
const JSON_WEB_TOKEN = /eyJ[\w-]{8,}/;
const PASSWORD = /(?:passw(?:or)?d|passphrase|passcode|pwd|secret|token|api[_.-]?key)["']?\s{0,4}(?:[:=]|%3[ad])/i;

/** Whether an id holds a JSON web token, a password behind its label, or a card number. */
export function holdsCredential(id: string): boolean {
  return !USUAL_ID.test(id) && (holdsLabelledCredential(beginningOf(id)) || holdsCard(beginningOf(id)));
}

/** The same for the id of a thing, such as an order, whose digits alone may pass for a card number. */
export function holdsCredentialOfThing(id: string): boolean {
  if (USUAL_ID.test(id)) return false;
  const beginning = beginningOf(id);
  return holdsLabelledCredential(beginning) || (!/^\d+$/.test(beginning) && holdsCard(beginning));
}

/** More than is sent of an id. */
function beginningOf(id: string): string {
  return id.slice(0, 512);
}

function holdsCard(id: string): boolean {
  return scrubCardNumbers(id, '') !== id;
}

function holdsLabelledCredential(id: string): boolean {
  return JSON_WEB_TOKEN.test(id) || PASSWORD.test(id);
}
