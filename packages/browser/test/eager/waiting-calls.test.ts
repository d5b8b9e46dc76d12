import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeTestPage, openTestPage, type Page } from '../support/page.ts';

/** How often the code of an SDK still fails to start; `Infinity` for one that never comes. */
let failures = Number.POSITIVE_INFINITY;
const failing = (sdk: { start(...args: unknown[]): unknown }) => ({
  start: (...args: unknown[]) => {
    if (failures-- > 0) throw new Error('blocked');
    return sdk.start(...args);
  },
});
vi.mock('../../src/late/sentry.ts', async (load) => failing(await load()));
vi.mock('../../src/late/mixpanel.ts', async (load) => failing(await load()));

beforeEach(() => {
  failures = Number.POSITIVE_INFINITY;
});
afterEach(closeTestPage);

const leave = () => dispatchEvent(new Event('pagehide'));
const callsOf = (page: Page, kind: string) =>
  page.beacons.flatMap(({ calls }) => calls).filter((call) => call.kind === kind);
const messagesOf = (page: Page) => callsOf(page, 'exception').map(({ facts }) => facts.message);
const droppedBy = (page: Page) => callsOf(page, 'dropped').reduce((sum, { count }) => sum + count, 0);
const reject = (reason: unknown) => dispatchEvent(Object.assign(new Event('unhandledrejection'), { reason }));
const fail = (error: unknown, more: ErrorEventInit = {}) =>
  dispatchEvent(
    new ErrorEvent('error', { error, message: error instanceof Error ? error.message : String(error), ...more }),
  );

function circle(): object {
  const own: Record<string, unknown> = {};
  own['own'] = own;
  return own;
}

/** Calls that have no JSON, or no text. */
function awkward(page: Page): void {
  page.captureException(new Error('with a circle'), { reason: circle() });
  page.captureException(new Error('with a big integer'), { attempt: 10n });
  page.captureException(new Error('with a node'), { component: Object.assign(document.createElement('p'), circle()) });
  page.captureException(new Error('with a getter'), {
    get reason() {
      throw new Error('refused');
    },
  });
  page.addBreadcrumb('crumb', { reason: circle() });
  reject(Object.create(null));
  reject(Symbol('symbol'));
  reject({
    get message() {
      throw new Error('refused');
    },
  });
  page.captureException(new Error('plain'));
}
const AWKWARD = ['with a circle', 'with a big integer', 'with a node', 'with a getter', 'plain'];

describe('calls that cannot be written down', () => {
  it('cost nothing but their own data when the page is left', async () => {
    const page = await openTestPage();
    page.initSentry();
    awkward(page);
    leave();
    expect(messagesOf(page)).toEqual(expect.arrayContaining([...AWKWARD, 'Symbol(symbol)']));
    expect(callsOf(page, 'exception')).toHaveLength(8);
    expect(callsOf(page, 'breadcrumb')).toMatchObject([{ message: 'crumb' }]);
  });

  it('cost nothing but their own data when the SDK arrives', async () => {
    failures = 0;
    const page = await openTestPage();
    awkward(page);
    page.initSentry();
    awkward(page);
    await vi.waitFor(() => expect(page.events().length).toBeGreaterThan(7), 10_000);
    const shown = page.events().map((event) => event.exception.values[0].value);
    expect(shown).toEqual(expect.arrayContaining(AWKWARD));
  });

  it('cost nothing but their own data on the way to Mixpanel', async () => {
    const page = await openTestPage();
    page.initMixpanel();
    page.trackEvent('dashboard_viewed', { total_qrs: circle() as unknown as number });
    page.trackEvent('dashboard_viewed', { total_qrs: 10n as unknown as number });
    page.trackEvent('dashboard_viewed', { total_qrs: 3 });
    leave();
    expect(callsOf(page, 'event').map(({ properties }) => properties)).toEqual([{}, {}, { total_qrs: 3 }]);
  });
});

describe('an SDK that does not start', () => {
  it('is tried again, and what waits goes to the server of the page meanwhile', async () => {
    failures = 1;
    const page = await openTestPage();
    page.initSentry();
    page.captureException(new Error('first'));
    await vi.waitFor(() => expect(messagesOf(page)).toEqual(['first']), 10_000);
    page.captureException(new Error('second'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    expect(page.events()[0].exception.values[0].value).toBe('second');
  });

  it('is tried again after what was thrown has no text', async () => {
    failures = 1;
    const page = await openTestPage();
    page.initSentry();
    page.captureException(Object.create(null));
    await vi.waitFor(() => expect(callsOf(page, 'exception')).toHaveLength(1), 10_000);
    page.captureException(new Error('later'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
  });

  it('loses nothing while there is no connection: the calls wait in memory, and then on the device', async () => {
    const page = await openTestPage();
    page.answer('offline');
    page.initSentry();
    page.captureException(new Error('first'));
    await vi.waitFor(() => expect(page.warnings().join()).toContain('Sentry failed to load'), 10_000);
    expect(localStorage).toHaveLength(0);
    page.captureException(new Error('second'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    leave();
    expect(localStorage.getItem('qr_left')).toMatch(/first.*second/);
    failures = 0;
    const next = await openTestPage();
    const sent: string[] = [];
    vi.stubGlobal('fetch', async (path: string, { body }: { body: string }) => {
      if (path === '/o/q') sent.push(body);
      return new Response('{}');
    });
    next.initSentry();
    await vi.waitFor(() => expect(sent.join()).toMatch(/first.*second/), 10_000);
    expect(localStorage.getItem('qr_left')).toBeNull();
  });
});

describe('more calls than a page keeps', () => {
  it('give way to errors: breadcrumbs first, the oldest of them', async () => {
    const page = await openTestPage();
    page.identifyUser('u1');
    for (let number = 0; number < 150; number++) page.addBreadcrumb(`crumb ${number}`);
    page.captureException(new Error('at last'));
    page.initSentry();
    leave();
    expect(messagesOf(page)).toEqual(['at last']);
    const crumbs = callsOf(page, 'breadcrumb').map(({ message }) => message);
    expect([crumbs[0], crumbs.length]).toEqual(['crumb 1', 98]);
    expect(callsOf(page, 'user')).toHaveLength(1);
    // Of 152 calls a hundred are kept.
    expect(droppedBy(page)).toBe(52);
  });

  it('do not push out who the visitor is', async () => {
    const page = await openTestPage();
    page.initMixpanel();
    for (let number = 0; number < 120; number++) page.trackEvent('dashboard_viewed', { total_qrs: number });
    page.identifyUser('u1', { plan: 'free' });
    leave();
    expect(callsOf(page, 'identify')).toHaveLength(1);
    expect(callsOf(page, 'profile')).toHaveLength(1);
    expect(callsOf(page, 'event')).toHaveLength(98);
    expect(droppedBy(page)).toBe(22);
  });
});

describe('many errors of one page', () => {
  it('are bounded and counted', async () => {
    const page = await openTestPage();
    page.initSentry();
    const ids = Array.from({ length: 400 }, (_, number) => page.captureException(new Error(`failure ${number}`)));
    leave();
    const stored = callsOf(page, 'exception').map(({ eventId }) => eventId);
    expect(stored).toHaveLength(30);
    // Nobody is shown an id that is not stored.
    expect(ids.filter((id) => id !== undefined)).toEqual(stored);
    expect(droppedBy(page)).toBe(370);
  });

  it('are bounded and counted with the SDK there', async () => {
    failures = 0;
    const page = await openTestPage();
    page.initSentry();
    page.captureException(new Error('wakes the SDK'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    for (let number = 0; number < 400; number++) page.captureException(new Error(`failure ${number}`));
    await vi.waitFor(() => expect(page.events()).toHaveLength(30), 10_000);
    leave();
    expect(droppedBy(page)).toBe(371);
  });

  it('that are the same are one, under the id that is stored', async () => {
    failures = 0;
    const page = await openTestPage();
    page.initSentry();
    const ids = [1, 2, 3].map(() => page.captureException('the same text'));
    page.captureException(new Error('last'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(2), 10_000);
    expect(new Set(ids)).toEqual(new Set([page.events()[0].event_id]));
    leave();
    expect(droppedBy(page)).toBe(2);
  });
});

describe('errors that are not those of the page', () => {
  const foreign = () => {
    fail(null, { message: 'Script error.' });
    fail(null, { message: 'ResizeObserver loop completed with undelivered notifications.' });
    const error = new Error('of an extension');
    error.stack =
      'Error: of an extension\n    at run (chrome-extension://abcdef/content.js:1:2)\n    at https://app.example/x.js:1:2';
    fail(error);
    reject(Object.assign(new Error('of another'), { stack: 'run@moz-extension://abcdef/content.js:1:2' }));
    fail(null, { message: 'x is not defined', filename: 'safari-web-extension://abcdef/content.js' });
    const own = new Error('cannot load chrome-extension://abcdef');
    fail(own);
  };

  it('are dropped before the SDK is there and after', async () => {
    failures = 0;
    const page = await openTestPage();
    page.initSentry();
    foreign();
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    expect(page.events()[0].exception.values[0].value).toBe('cannot load chrome-extension://abcdef');
  });
});

describe('what was thrown', () => {
  const values = [
    ['an object with a message and a code', { code: 'E_QUOTA', message: 'no room' }, 'Error', 'E_QUOTA: no room'],
    ['an object without a message', { b: 1, a: 2 }, 'Error', 'Object captured as exception with keys: a, b'],
    ['a number', 42, 'Error', '42'],
    ['nothing', undefined, 'Error', 'undefined'],
    ['an error with a stack of its own kind', Object.assign(new Error('odd'), { stack: [1, 2] }), 'Error', 'odd'],
    ['an error with a name of its own kind', Object.assign(new Error('odd'), { name: { a: 1 } }), 'Error', 'odd'],
    ['a response', new Response(null, { status: 502 }), 'Response', '502 GET /things/:id'],
  ] as const;

  it.each(values)('is shown by the SDK as what it is: %s', async (_, thrown, type, value) => {
    history.replaceState(null, '', '/things/42?token=x');
    failures = 0;
    const page = await openTestPage();
    page.initSentry();
    page.captureException(thrown);
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    expect(page.events()[0].exception.values).toMatchObject([{ type, value }]);
  });

  it('is shown with the method and the address of its request where it answers one', async () => {
    failures = 0;
    const page = await openTestPage();
    page.initSentry();
    page.answer(502);
    const response = await fetch(`${location.origin}/api/things/42`, { method: 'POST', body: '{}' });
    Object.defineProperty(response, 'url', { value: `${location.origin}/api/v1/things/a1b2/parts?x=1` });
    page.answer(200);
    reject(response);
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    expect(page.events()[0].exception.values).toMatchObject([
      { type: 'Response', value: '502 POST /api/v1/things/:id/parts' },
    ]);
  });

  it('is shown with causes of every kind', async () => {
    const thrown = new Error('outer', { cause: new TypeError('middle', { cause: 'a text' }) });
    const group = new AggregateError([new Error('one'), { code: 'E2', message: 'two' }], 'group');
    failures = 0;
    const page = await openTestPage();
    page.initSentry();
    page.captureException(thrown);
    page.captureException(group);
    await vi.waitFor(() => expect(page.events()).toHaveLength(2), 10_000);
    const shown = page.events().map((event) => event.exception.values.map(({ value }: { value: string }) => value));
    expect(shown[0]).toEqual(['a text', 'middle', 'outer']);
    expect(shown[1]).toEqual(expect.arrayContaining(['one', 'E2: two', 'group']));
    expect(page.events()[0].exception.values[2].stacktrace.frames.length).toBeGreaterThan(0);

    failures = Number.POSITIVE_INFINITY;
    const other = await openTestPage();
    other.initSentry();
    other.captureException(thrown);
    leave();
    expect(callsOf(other, 'exception')[0].facts).toMatchObject({
      message: 'outer',
      cause: { name: 'TypeError', message: 'middle', cause: { message: 'a text' } },
    });
  });
});

describe('what the tunnel does not take', () => {
  const kept = () => JSON.parse(localStorage.getItem('qr_left') ?? '[]') as [string, string, number][];

  it.each([
    ['is busy', 503, {}],
    ['asks for silence', 429, { 'retry-after': '60' }],
    ['cannot be reached', 'offline', {}],
  ] as const)('is sent on the next visit when it %s', async (_, status, headers) => {
    failures = 0;
    const page = await openTestPage();
    page.initSentry();
    page.captureException(new Error('wakes the SDK'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    page.answer(status, headers);
    page.captureException(new Error('first'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    page.captureException(new Error('second'));
    await vi.waitFor(() => {
      leave();
      expect(kept()).toHaveLength(2);
    }, 5000);
    expect(kept().map(([path, body]) => [path, /first|second/.exec(body)?.[0]])).toEqual([
      [expect.stringMatching('/o/r'), 'first'],
      [expect.stringMatching('/o/r'), 'second'],
    ]);
    const next = await openTestPage();
    next.initSentry();
    next.captureException(new Error('wakes the next SDK'));
    const shown = () => next.events().map((event) => event.exception.values[0].value);
    await vi.waitFor(() => expect(shown()).toEqual(expect.arrayContaining(['first', 'second'])), 10_000);
    expect(kept()).toEqual([]);
  });

  it('is deleted when consent is withdrawn', async () => {
    failures = 0;
    const page = await openTestPage({ VITE_MIXPANEL_TOKEN: '' });
    page.initSentry();
    page.initMixpanel();
    page.captureException(new Error('wakes the SDK'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    page.answer('offline');
    page.captureException(new Error('first'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    leave();
    expect(kept()).toHaveLength(1);
    page.setConsent({ analytics: false });
    expect(kept()).toEqual([]);
  });

  it('is stored nowhere without consent', async () => {
    failures = 0;
    const page = await openTestPage();
    page.setConsent({ analytics: false });
    page.initSentry();
    page.captureException(new Error('wakes the SDK'));
    await vi.waitFor(() => expect(page.events()).toHaveLength(1), 10_000);
    page.answer('offline');
    page.captureException(new Error('first'));
    await new Promise((resolve) => setTimeout(resolve, 400));
    leave();
    expect(kept()).toEqual([]);
  });

  it('is given up after a week, and never more than 100,000 characters', async () => {
    failures = 0;
    const day = 24 * 60 * 60 * 1000;
    const bodies = [8, 6].map((days) => ['/o/q', `{"days":${days}}`, Date.now() - days * day]);
    localStorage.setItem('qr_left', JSON.stringify([['/o/q', '{"days":"unknown"}'], ...bodies, 'damaged']));
    const page = await openTestPage();
    const sent: string[] = [];
    const answer = fetch;
    vi.stubGlobal('fetch', (path: string, init: { body: string }) => {
      if (path === '/o/q') sent.push(init.body);
      return answer(path, init);
    });
    page.initSentry();
    page.captureException(new Error('wakes the SDK'));
    await vi.waitFor(() => expect(sent).toEqual(['{"days":"unknown"}', '{"days":6}']), 10_000);
    await vi.waitFor(() => expect(kept()).toEqual([]));
    page.answer('offline');
    for (let number = 0; number < 29; number++) {
      page.captureException(new Error(`${number} ${'漢'.repeat(7000)}`));
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    leave();
    expect(kept().length).toBeGreaterThan(3);
    expect(localStorage.getItem('qr_left')?.length).toBeLessThanOrEqual(100_000);
  });
});
