import Fastify from 'fastify';
import { analyticsRoutes } from '../../../src/query/analytics/routes.ts';
import { EventIndex } from '../../../src/query/analytics/user-events.ts';
import { LINK_EVENTS } from '../../../src/store/identity.ts';
import type { NewRecord, StoredEvent, StoredProfileUpdate } from '../../../src/store/records.ts';
import { Store } from '../../../src/store/store.ts';

type NewEvent = Omit<StoredEvent, 'id'> | Omit<StoredProfileUpdate, 'id'>;
let made = 0;
/** When reports are asked for: 30 June, which is 23:30 in Prague and 1 July in Tokyo. */
const NOW = Date.parse('2026-06-30T21:30:00Z');

/** An event of a user at a time in ISO 8601; the zone is UTC unless the time says otherwise. */
export function happened(
  event: string,
  user: string,
  at: string,
  properties: Record<string, unknown> = {},
  insertId?: string,
): NewEvent {
  made += 1;
  const time = Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(at) ? at : `${at}Z`);
  return {
    kind: 'event',
    endpoint: 'import',
    event,
    distinctId: user,
    time,
    receivedAt: time,
    insertId: insertId ?? `insert-${made}`,
    properties: { distinct_id: user, ...properties },
  };
}

/** A profile with these values. */
export function profile(user: string, properties: Record<string, unknown>): NewEvent {
  return {
    kind: 'profile',
    endpoint: 'engage',
    distinctId: user,
    groupKey: null,
    receivedAt: NOW,
    operations: { $set: properties },
  };
}

/** Answers of the reports over some events, which arrived in this order. */
async function ask(
  events: readonly NewEvent[],
  report: string,
  parameters: Record<string, unknown>,
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const store = new Store({ maxRecords: 1000, maxBytes: 1e6 });
  const records: readonly NewRecord[] = events;
  store.add(records, records.length);
  const app = Fastify();
  analyticsRoutes(app, {
    index: new EventIndex(store),
    identity: store.identity,
    profiles: store.profiles,
    linkEvents: new Set(['ids_linked', ...LINK_EVENTS]),
    now: () => NOW,
  });
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters))
    query[name] = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const response = await app.inject({ method: 'GET', url: `/api/query/${report}`, query });
  await app.close();
  return { status: response.statusCode, body: response.json() };
}

/** The body of an answer that must be good. */
export async function answer(
  events: readonly NewEvent[],
  report: string,
  parameters: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { status, body } = await ask(events, report, parameters);
  if (status !== 200) throw new Error(`expected 200, got ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** The sentence with which a question is refused. */
export async function refusal(report: string, parameters: Record<string, unknown>): Promise<string> {
  const { status, body } = await ask([], report, parameters);
  return `${status} ${String(body['message'])}`;
}
