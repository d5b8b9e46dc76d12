/** Long enough not to turn every word into bytes, short enough for an encoded address. */
const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;

/**
 * The secrets that stand in what was received, as they are or behind URL or base64 encoding.
 * @param {import('./received.mjs').RawRequest[]} requests decompressed already
 * @param {string[]} secrets
 */
export function findLeaks(requests, secrets) {
  const texts = requests.flatMap(({ url, headers, body }) => {
    const text = `${url}\n${JSON.stringify(headers)}\n${body.toString()}`;
    return [text, decodePercent(text), ...decodeBase64(text)];
  });
  return secrets.filter((secret) => texts.some((text) => text.includes(secret)));
}

/** @param {string} text */
function decodePercent(text) {
  return text.replace(/(%[0-9A-Fa-f]{2})+/g, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

/** @param {string} text */
function decodeBase64(text) {
  return [(text.match(BASE64) ?? []).map((encoded) => Buffer.from(encoded, 'base64').toString()).join('\n')];
}
