import type { Inbox } from '../../src/index.ts';
import { container, envelope, goodEvent, post, postEnvelope } from '../requests.ts';

export const TRACE = 'c0ffee00c0ffee00c0ffee00c0ffee00';
export const USER = 'usr_ada';
export const ERROR_ID = 'e'.repeat(32);

const MINUTE_MS = 60_000;

/** A person who signs up, makes a code an hour later, and meets an error: one trace from the browser through two services. */
export async function tellStory(inbox: Inbox, now = Date.now()): Promise<void> {
  await postEnvelope(inbox, container('span', spans(now)));
  await post(inbox, '/import', events(now));
  const profile = { $token: 'any', $distinct_id: USER, $set: { plan: 'free', total_qrs_created: 1 } };
  await post(inbox, '/engage', [profile]);
  await postEnvelope(inbox, envelope({ type: 'event' }, storageError(now), { event_id: ERROR_ID }));
  await postEnvelope(inbox, container('log', [log(now)]));
}

function events(now: number): object[] {
  const at = (time: number, properties: object = {}) => ({ distinct_id: USER, $user_id: USER, time, ...properties });
  const created = { qr_id: 'qr_1', qr_type: 'url', service: 'qr-service', trace_id: TRACE };
  return [
    goodEvent(at(now - 70 * MINUTE_MS, { method: 'password', service: 'auth-service' }), 'signup_completed'),
    goodEvent(at(now - 69 * MINUTE_MS, { service: 'web', page: 'dashboard' }), 'page_viewed'),
    goodEvent(at(now - 5 * MINUTE_MS, { service: 'web' }), 'qr_created_twice'),
    goodEvent(at(now - 880, created), 'qr_created'),
  ];
}

function spans(now: number): object[] {
  const span = (id: string, parent: string | null, name: string, times: readonly [number, number], more: object) => ({
    trace_id: TRACE,
    span_id: id.repeat(16),
    ...(parent !== null && { parent_span_id: parent.repeat(16) }),
    name,
    start_timestamp: (now - times[0]) / 1000,
    end_timestamp: (now - times[1]) / 1000,
    status: 'ok',
    ...more,
  });
  const of = (service: string, op: string) => ({
    attributes: {
      'service.name': { type: 'string', value: service },
      'sentry.op': { type: 'string', value: op },
      'user.id': { type: 'string', value: USER },
    },
  });
  return [
    span('1', null, '/create', [1000, 200], { ...of('web', 'navigation'), is_segment: true }),
    span('2', '1', 'POST /api/qr/generate', [960, 260], of('web', 'http.client')),
    span('3', '2', 'POST /qr/generate', [940, 280], {
      ...of('qr-service', 'http.server'),
      is_segment: true,
      status: 'error',
    }),
    span('4', '3', 'GET /internal/accounts/:id', [930, 900], of('qr-service', 'http.client')),
    span('5', '4', 'GET /internal/accounts/:id', [925, 905], {
      ...of('auth-service', 'http.server'),
      is_segment: true,
    }),
    span('6', '3', 'INSERT INTO codes', [890, 870], of('qr-service', 'db')),
    span('7', '3', 'PUT picture', [860, 300], of('qr-service', 'http.client')),
  ];
}

function storageError(now: number): object {
  const frames = [
    {
      function: 'processTicksAndRejections',
      filename: 'node:internal/process/task_queues',
      lineno: 105,
      in_app: false,
    },
    {
      function: 'generate',
      filename: 'src/generate.ts',
      lineno: 42,
      in_app: true,
      pre_context: ['  const svg = draw(code);', '  const key = keyOf(code);'],
      context_line: '  await storage.put(key, svg);',
      post_context: ['  return { ...code, key };', '}'],
    },
  ];
  return {
    timestamp: (now - 310) / 1000,
    level: 'error',
    tags: { service: 'qr-service', route: 'POST /qr/generate' },
    user: { id: USER },
    contexts: { trace: { trace_id: TRACE, span_id: '7777777777777777' } },
    breadcrumbs: [{ timestamp: (now - 900) / 1000, category: 'http', message: 'GET /internal/accounts/usr_ada 200' }],
    exception: { values: [{ type: 'StorageError', value: 'The bucket does not answer', stacktrace: { frames } }] },
  };
}

function log(now: number): object {
  return {
    timestamp: (now - 305) / 1000,
    trace_id: TRACE,
    level: 'warn',
    severity_number: 13,
    body: 'The picture is made again later',
    attributes: { service: { type: 'string', value: 'qr-service' } },
  };
}
