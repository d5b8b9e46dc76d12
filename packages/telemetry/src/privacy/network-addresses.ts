const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
/** Not within a longer number with dots, and no version: `v1.2.3.4`, `pkg@1.2.3.4`, `Chrome/1.2.3.4`. */
const IP_V4 = new RegExp(
  `(?<![\\w.]|[~^@]|\\b[vV]ersion[ :=]{1,2}|(?:^|[\\s(])[A-Z][A-Za-z]{1,30}/)(?:${OCTET}\\.){3}${OCTET}(?!\\w|\\.\\d|-[a-z])`,
  'g',
);
/** RFC 1918, 1122, 3927, 6598, 5771: addresses of nobody's line. */
const PRIVATE_V4 =
  /^(?:0|10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])|22[4-9]|23\d|24\d|25\d)\./;
/** The global unicast addresses, 2000::/3 (RFC 4291): what else looks like one is private, or no address. */
const IP_V6 = /(?<![\w:.])[23][0-9a-f]{3}(?::[0-9a-f]{0,4}){2,7}(?![\w:]|\.\d)/gi;
/** Hardware addresses of 48 bits. */
const MAC = /(?<![\w:-])[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){5})(?![\w:-])/gi;

/** Replaces public IP addresses, and hardware addresses; private ones, versions and words with colons stay. */
export function scrubAddresses(text: string, replacement: string): string {
  return text
    .replace(IP_V4, (address) => (PRIVATE_V4.test(address) ? address : replacement))
    .replace(IP_V6, (address) => (isIpV6(address) ? replacement : address))
    .replace(MAC, (address) => (/[1-9a-f]/i.test(address) ? replacement : address));
}

function isIpV6(address: string): boolean {
  const groups = address.split(':');
  const empty = address.split('::').length - 1;
  if (empty === 0) return groups.length === 8 && !groups.includes('');
  return (
    empty === 1 && !address.includes(':::') && groups.length <= 8 && !(address.endsWith(':') && !address.endsWith('::'))
  );
}
