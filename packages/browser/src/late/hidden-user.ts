/** Without these characters an id holds neither an e-mail address nor a telephone number, however it is encoded. */
const MAY_BE_PERSONAL = /[@%+＠﹫＋]/;

/**
 * Returns whether a user must not be named to a receiver: the id may hold an address, and the receiver is not the page's own server, which would hash
 * it. The page has no key for that.
 */
export function isHiddenUser(id: string, receiver: string, warn: (message: string) => void): boolean {
  if (!MAY_BE_PERSONAL.test(id) || new URL(receiver, location.href).origin === location.origin) return false;
  warn('User ids with an e-mail address are sent to the own origin only');
  return true;
}
