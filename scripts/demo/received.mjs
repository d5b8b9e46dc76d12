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

/** Long enough not to turn every word into bytes, short enough for an encoded address. */
const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;

/**
 * The secrets that stand in what was received, as they are or behind URL or base64 encoding.
 * @param {RawRequest[]} requests decompressed already
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

/**
 * Prints what was sent and what arrived; with `json` the last line on standard output is one JSON object.
 * @param {{ scenario: import('./scenario.mjs').Scenario, received: Received, leaks: string[], seconds: number, json: boolean, say: (line: string) => void }} outcome
 * @returns {boolean} whether everything arrived, once, and nothing leaked
 */
export function printReport({ scenario, received, leaks, seconds, json, say }) {
  const { sent } = scenario;
  const names = [...new Set([...Object.keys(sent), ...Object.keys(received.events)])].sort();
  const areEventsEqual = names.every((name) => sent[name] === received.events[name]);
  const areIssuesEqual = JSON.stringify(scenario.issues) === JSON.stringify(received.issues);
  const ok = areEventsEqual && areIssuesEqual && scenario.profiles === received.profiles && leaks.length === 0;

  say('');
  printRow(say, 'event', 'sent', 'received');
  for (const name of names)
    printRow(say, name, sent[name] ?? 0, received.events[name] ?? 0, sent[name] === received.events[name]);
  printRow(say, 'profiles', scenario.profiles, received.profiles, scenario.profiles === received.profiles);
  const titles = new Set([...scenario.issues, ...received.issues].map(({ title }) => title));
  for (const title of titles) {
    const expected = scenario.issues.find((issue) => issue.title === title)?.count ?? 0;
    const arrived = received.issues.find((issue) => issue.title === title)?.count ?? 0;
    printRow(say, title, expected, arrived, expected === arrived);
  }
  say('');
  say(
    `${received.traces.total} traces, ${received.traces.crossService} of them across services; ${leaks.length} leaks; ${seconds.toFixed(1)} s`,
  );
  say(ok ? 'Everything arrived, once, and nothing leaked.' : 'NOT as it should be: see the marked lines.');

  if (json) {
    const { events, profiles, issues, traces } = received;
    const result = {
      ok,
      seconds: Math.round(seconds * 10) / 10,
      sent,
      received: events,
      profiles,
      issues,
      traces,
      leaks: leaks.length,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  return ok;
}

/** @param {(line: string) => void} say @param {string} name @param {string | number} sent @param {string | number} received @param {boolean} [isRight] */
function printRow(say, name, sent, received, isRight = true) {
  say(
    `  ${name.slice(0, 44).padEnd(46)}${String(sent).padStart(8)}${String(received).padStart(10)}${isRight ? '' : '   <-- differs'}`,
  );
}
