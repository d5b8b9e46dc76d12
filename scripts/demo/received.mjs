/**
 * @typedef {{ method: string, url: string, headers: Record<string, string>, body: Buffer }} RawRequest
 * @typedef {object} Received
 * @property {Record<string, number>} events by name; copies of one event count once
 * @property {number} profiles
 * @property {{ title: string, count: number }[]} issues
 * @property {{ total: number, crossService: number }} traces
 */

/** What the inbox took in, request by request, decompressed. @param {number} port @returns {Promise<RawRequest[]>} */
export async function readRawLog(port) {
  const response = await fetch(`http://127.0.0.1:${port}/api/raw`);
  const lines = (await response.text()).split('\n').filter(Boolean);
  return lines.map((line) => {
    const { method, url, headers, body } = JSON.parse(line);
    return { method, url, headers, body: Buffer.from(body, 'base64') };
  });
}

/** Counts from the bytes of the requests, by a reading of the protocols of our own. @param {RawRequest[]} requests @returns {Received} */
export function summarise(requests) {
  /** @type {Map<string, Set<string>>} */
  const events = new Map();
  const profiles = new Set();
  /** @type {Map<string, Set<string>>} */
  const issues = new Map();
  /** @type {Map<string, Set<string>>} */
  const traces = new Map();
  for (const { url, body } of requests) {
    const path = url.split('?')[0];
    if (path === '/import') {
      for (const { event, properties } of JSON.parse(body.toString())) add(events, event, properties.$insert_id);
    } else if (path === '/engage') {
      for (const { $distinct_id } of JSON.parse(body.toString())) profiles.add($distinct_id);
    } else if (path?.endsWith('/envelope/')) {
      for (const { type, payload } of readEnvelope(body)) {
        if (type === 'event') add(issues, titleOf(payload), payload.event_id);
        if (type === 'span') {
          for (const span of payload.items)
            add(traces, span.trace_id, span.attributes['service.name']?.value ?? 'unknown');
        }
      }
    }
  }
  return {
    events: Object.fromEntries([...events].map(([name, ids]) => [name, ids.size])),
    profiles: profiles.size,
    issues: [...issues].map(([title, ids]) => ({ title, count: ids.size })),
    traces: { total: traces.size, crossService: [...traces.values()].filter((services) => services.size > 1).length },
  };
}

/** @param {Map<string, Set<string>>} map @param {string} key @param {string} value */
function add(map, key, value) {
  const values = map.get(key) ?? new Set();
  map.set(key, values.add(value));
}

/** @param {{ exception?: { values: { type: string, value: string }[] }, message?: string }} event */
function titleOf(event) {
  const last = event.exception?.values.at(-1);
  return last ? `${last.type}: ${last.value}` : (event.message ?? 'unknown');
}

/** The JSON items of an envelope; others are passed over. @param {Buffer} body */
function readEnvelope(body) {
  const items = [];
  let position = lineEnd(body, 0) + 1;
  while (position < body.length) {
    const headerEnd = lineEnd(body, position);
    const header = JSON.parse(body.toString('utf8', position, headerEnd));
    const start = headerEnd + 1;
    const end = typeof header.length === 'number' ? start + header.length : lineEnd(body, start);
    if (['event', 'span'].includes(header.type))
      items.push({ type: header.type, payload: JSON.parse(body.toString('utf8', start, end)) });
    position = end + 1;
  }
  return items;
}

/** @param {Buffer} body @param {number} from */
function lineEnd(body, from) {
  const index = body.indexOf(10, from);
  return index === -1 ? body.length : index;
}
