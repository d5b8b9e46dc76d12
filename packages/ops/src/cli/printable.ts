/** Text of others on one line: a control character could move the cursor, rename the window, or hide a line. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
