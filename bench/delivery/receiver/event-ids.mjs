const ID = /"qr_id":"qr_(\d+)"/g;
const SNOWPLOW_BASE64 = /"ue_px":"([^"]+)"/g;

/** The numbers of the events in one decoded request, for the wire format that its path stands for. */
export function eventIds(path, text) {
  if (path.startsWith('/track')) return matches(mixpanelData(path, text));
  if (path.startsWith('/com.snowplowanalytics')) return matches(snowplowData(text));
  return matches(text);
}

/** Mixpanel's client sends base64 of JSON: in the query for one event, as a form field for a batch. */
function mixpanelData(path, text) {
  const form = new URLSearchParams(text === '' ? path.slice(path.indexOf('?') + 1) : '');
  // A form body is not parsed as one: the client does not escape the `+` of its base64.
  const data = text === '' ? form.get('data') : text.slice('data='.length);
  return Buffer.from(data ?? '', 'base64').toString();
}

function snowplowData(text) {
  const encoded = [...text.matchAll(SNOWPLOW_BASE64)].map(([, data]) => Buffer.from(data, 'base64url').toString());
  return encoded.length > 0 ? encoded.join() : text.replaceAll('\\"', '"');
}

function matches(json) {
  return Array.from(json.matchAll(ID), ([, id]) => Number(id));
}
