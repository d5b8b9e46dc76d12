const PAGE = /^(?:text\/html|application\/xhtml\+xml)$/i;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/i;

/**
 * Returns whether a client asks for JSON rather than for a page (RFC 9110, section 12.5.1). Where both are as good, the first one counts. A client that
 * names neither gets a page: the cameras of phones send any type, or no header at all.
 */
export function prefersJson(accept: string | undefined): boolean {
  if (accept === undefined || !/json/i.test(accept)) return false;
  let isJson = false;
  let best = 0;
  for (const entry of accept.split(',')) {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim());
    if (!PAGE.test(type) && !JSON_TYPE.test(type)) continue;
    const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
    const quality = weight === undefined ? 1 : Number(weight);
    if (!(quality > best)) continue;
    best = quality;
    isJson = JSON_TYPE.test(type);
  }
  return isJson;
}
