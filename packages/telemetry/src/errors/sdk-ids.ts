/** Ids that the SDK draws: random hexadecimal, of which one in some thousand would pass for a card number. */
const KEY =
  /(?:^|[_.])(?:trace|span|event|segment|chunk|profile|profiler|replay|check_in|debug|error)[_.]id$|^s?id$|^ids$/;
const VALUE = /^(?:[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Whether a text is one of the SDK's own ids, which must stay whole. */
export function isSdkId(key: string, text: string): boolean {
  return VALUE.test(text) && KEY.test(key);
}
