import { startInbox } from '@qr/inbox';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  captureException,
  captureMessage,
  closeObservability,
  flushObservability,
  initializeSentry,
  observabilityStats,
  Sentry,
} from '../../src/index.ts';
import { buildServer, type Server } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';
import { toldBy } from './budget-told.ts';

const STORM = 10_000;

// The SDK can be initialised once a process: one storm, looked at from all sides.
const inbox = await startInbox();
const restore = setEnv({
  NODE_ENV: 'test',
  SENTRY_DSN: inbox.dsn('1'),
  SENTRY_TRACES_SAMPLE_RATE: '0',
  SENTRY_ERROR_BUDGET_PER_MONTH: undefined,
});
initializeSentry('test-service');

interface Line {
  readonly errorId?: string;
  readonly fingerprint?: string;
  readonly suppressed?: true;
  readonly level: number;
}

class StormError extends Error {
  override name = 'StormError';
}

// Vitest maps every stack back to its source, eight times the work of the engine.
delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;

const log: Line[] = [];
const keep = (line: string) => {
  if (line.includes('"request failed"')) log.push(JSON.parse(line) as Line);
};
const answered: { path: string; errorId: string }[] = [];
const shared = new Error('made once, thrown often');
let app: Server;

beforeAll(async () => {
  app = buildServer({
    rateLimit: false,
    maxEventLoopDelayMs: 0,
    logger: { level: 'info', stream: { write: keep } },
  });
  let number = 0;
  app.get('/storm', async () => {
    throw new StormError(`broken for user-${number++}`);
  });
  app.get('/shared', async () => {
    throw shared;
  });
  app.get('/captured', async () => {
    const error = new Error('captured first');
    captureException(error);
    throw error;
  });
  app.get('/frozen', async () => {
    throw Object.freeze(new Error('frozen'));
  });
  app.get('/hostile', async () => {
    throw new Proxy(new Error('hostile'), {
      get(target, key) {
        if (key === 'stack' || key === 'message') throw new Error('refused');
        return Reflect.get(target, key) as unknown;
      },
    });
  });
  void app.register(async (child) => {
    child.setErrorHandler((_error, _request, reply) => void reply.code(500).send({ nested: true }));
    child.get('/nested', async () => {
      throw new Error('nested');
    });
  });
  const fail = async (path: string, times: number) => {
    for (let n = 0; n < times; n++) {
      const response = await app.inject(path);
      if (response.statusCode === 500) answered.push({ path, errorId: response.json().errorId });
    }
  };
  await fail('/storm', STORM);
  for (const path of ['/shared', '/captured', '/frozen', '/hostile', '/nested']) await fail(path, 40);
  await flushObservability();
});
afterAll(async () => {
  await app.close();
  await closeObservability();
  await inbox.close();
  restore();
});

const eventIds = () => new Set(inbox.errors().map(({ eventId }) => eventId));

describe('a storm of one fingerprint', () => {
  it('sends few events, which tell of all the others', () => {
    const { reported, suppressed } = toldBy(inbox).get('GET /storm') ?? { reported: 0, suppressed: 0 };
    expect(reported).toBe(10 + 13);
    const stats = observabilityStats().errorBudget.byFingerprint[0];
    expect(stats).toMatchObject({ title: 'StormError in GET /storm', reported, suppressed: STORM - reported });
    expect(suppressed).toBeGreaterThan(STORM / 2);
  });

  it('answers each with an id of its own, and logs what became of it', () => {
    const ids = answered.filter(({ path }) => path === '/storm').map(({ errorId }) => errorId);
    expect([ids.length, new Set(ids).size]).toEqual([STORM, STORM]);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
    const sent = eventIds();
    const wrong: unknown[] = [];
    const lines = new Map(log.map((line) => [line.errorId, line]));
    const { fingerprint } = observabilityStats().errorBudget.byFingerprint[0] ?? {};
    for (const id of ids) {
      const line = lines.get(id);
      const isRight = sent.has(id)
        ? line?.level === 50 && line.suppressed === undefined
        : line?.level === 30 && line.suppressed === true && line.fingerprint === fingerprint;
      if (!isRight) wrong.push({ id, line });
    }
    expect(wrong).toEqual([]);
  });

  it('lets the inbox find the issue by a suppressed id', async () => {
    const [told] = inbox
      .errors()
      .map(({ event }) => event['contexts'] as { suppressed?: { ids: string[] } })
      .flatMap(({ suppressed }) => suppressed?.ids ?? [])
      .filter((id) => answered.some(({ path, errorId }) => path === '/storm' && errorId === id))
      .slice(-1);
    expect(eventIds().has(told ?? '')).toBe(false);
    const { suppressed } = toldBy(inbox).get('GET /storm') ?? {};
    const response = await fetch(`${inbox.url}/api/issues?event_id=${told}`);
    expect(await response.json()).toMatchObject({ total: 1, issues: [{ type: 'StormError', count: 23, suppressed }] });
  });
});

describe('whatever is thrown', () => {
  it('a suppressed error is logged also when the application has an error handler of its own', () => {
    const nested = observabilityStats().errorBudget.byFingerprint.find(({ title }) => title === 'Error in GET /nested');
    const lines = log.filter(({ suppressed, fingerprint }) => suppressed && fingerprint === nested?.fingerprint);
    expect(lines).toHaveLength(nested?.suppressed ?? 0);
    expect(new Set(lines.map(({ errorId }) => errorId)).size).toBe(40 - 14);
  });

  it('what refuses to be read is reported all the same', () => {
    expect(toldBy(inbox).get('GET /hostile')).toMatchObject({ reported: 10 + 4 });
  });

  it('outside of requests errors and messages are budgeted, also past our functions', async () => {
    for (let n = 0; n < 40; n++) {
      captureException(new Error('outside'));
      captureMessage(`message ${n}`);
      Sentry.captureException(new Error('past'));
    }
    await flushObservability();
    const counts = observabilityStats().errorBudget.byFingerprint.map(({ title, reported, suppressed }) => [
      title,
      reported + suppressed,
    ]);
    expect(counts.filter(([, count]) => count === 40)).toHaveLength(5 + 3);
    expect(inbox.errors().filter(({ value }) => ['outside', 'past'].includes(value))).toHaveLength(2 * 14);
  });

  it('an error object that is captured twice outside of requests is one error', () => {
    const before = observabilityStats().errorBudget.reported;
    const error = new Error('twice');
    expect(captureException(error)).toBe(captureException(error));
    expect(observabilityStats().errorBudget.reported).toBe(before + 1);
  });
});

it('once closed every 5xx that was answered is told of, exactly, by route', async () => {
  const said = vi.spyOn(console, 'warn').mockImplementation(() => {});
  await closeObservability();
  const books = toldBy(inbox);
  const of = (place: string) => (books.get(place)?.reported ?? 0) + (books.get(place)?.suppressed ?? 0);
  const places = ['/storm', '/shared', '/captured', '/frozen', '/hostile', '/nested'];
  expect(places.map((path) => [path, of(`GET ${path}`)])).toEqual(
    places.map((path) => [path, answered.filter((answer) => answer.path === path).length]),
  );
  expect(said).toHaveBeenCalledWith(expect.stringMatching(/errors of the last minute .* StormError in GET \/storm/));
});
