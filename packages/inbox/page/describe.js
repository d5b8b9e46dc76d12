/** What to say about a record in one line, by kind. Values come from anyone: they are text, never markup. */

export const KINDS = [
  ['event', 'Events'],
  ['profile', 'Profiles'],
  ['error', 'Errors'],
  ['span', 'Spans'],
  ['log', 'Logs'],
  ['item', 'Other'],
  ['rejected', 'Rejected'],
];

const DESCRIBE = {
  event: ({ event, properties }) => ({ title: event, detail: summary(properties) }),
  profile: ({ operations, groupKey, distinctId }) => ({
    title: groupKey === null ? distinctId : `${groupKey} ${distinctId}`,
    detail: summary(operations),
  }),
  error: ({ type, value, service, level }) => ({
    title: type === 'Message' ? value : `${type}: ${value}`,
    detail: [service, level === 'error' ? undefined : level].filter(Boolean).join('  '),
  }),
  span: ({ name, op, durationMs, service, status }) => ({
    title: name,
    detail: [`${durationMs.toFixed(durationMs < 10 ? 1 : 0)} ms`, op, service, status === 'ok' ? undefined : status]
      .filter(Boolean)
      .join('  '),
  }),
  log: ({ body, level }) => ({ title: body, detail: level }),
  item: ({ type, bytes }) => ({ title: type, detail: `${bytes} bytes` }),
  rejected: ({ endpoint, message, record }) => ({ title: record?.event ?? `/${endpoint}`, detail: message }),
};

/** The title and the grey text beside it. */
export function describe(record) {
  return DESCRIBE[record.kind](record);
}

/** The trace a record belongs to, or null. */
export function traceOf(record) {
  return (record.kind === 'event' ? record.properties.trace_id : record.traceId) || null;
}

/** The user a record is about, or null. */
export function userOf(record) {
  if (record.kind === 'profile') return record.groupKey === null ? record.distinctId : null;
  return (record.kind === 'event' ? record.distinctId : record.userId) || null;
}

/** When it happened, or failing that, when it arrived. */
export function timeOf(record) {
  return record.time ?? record.receivedAt;
}

/** All text of a record, in lower case, for the filter. Made once: records do not change. */
export function searchTextOf(record) {
  searchTexts.get(record) ?? searchTexts.set(record, JSON.stringify(record).toLowerCase());
  return searchTexts.get(record);
}

const searchTexts = new WeakMap();

const HIDDEN = new Set(['token', 'distinct_id', 'time', 'mp_lib', 'trace_id']);

function summary(object) {
  return Object.entries(object)
    .filter(([name]) => !HIDDEN.has(name) && !(name.startsWith('$') && typeof object[name] !== 'object'))
    .map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join('  ');
}
