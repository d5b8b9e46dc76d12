/**
 * Whether a key names something secret: `password`, `Credit-Card`, `x-api-key`, `sessionToken`, ...
 * Casing and separators do not matter, and the word may stand anywhere in the key.
 */
export function isSensitiveKey(key: string): boolean {
  return SENSITIVE.test(key.replace(/[^A-Za-z0-9]/g, ''));
}

// Without separators: "set-cookie", "setCookie" and "SET_COOKIE" are one key.
const SENSITIVE =
  /password|passwd|passphrase|pwd|secret|token|authorization|cookie|creditcard|cardnumber|cvv|cvc|ssn|apikey|privatekey|accesskey|credential|sessionid|iban|email|phone/i;
