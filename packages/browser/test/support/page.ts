import type { plan } from '@qr/events';
import { pagePlan } from '@qr/events/page';
import { getClient } from '@sentry/react';
import { vi } from 'vitest';

// Each page loads the real SDKs, which takes a second where several suites run at once.
vi.setConfig({ testTimeout: 60_000 });

declare module '../../src/index.ts' {
  interface Register {
    plan: typeof plan;
  }
}

type Library = typeof import('../../src/index.ts');
type MixpanelOptions = Parameters<Library['initMixpanel']>[0];

/** One envelope item that reached the tunnel. */
interface SentryItem {
  readonly envelope: Record<string, unknown>;
  readonly header: Record<string, unknown>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read deep into the vendor's wire form
  readonly body: any;
}

/** A report of calls that no SDK has taken. */
interface LeftReport {
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read deep into the wire form
  readonly calls: any[];
  readonly [name: string]: unknown;
}

/** One request that reached the tunnel from Mixpanel. */
export interface MixpanelRequest {
  readonly url: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read deep into the vendor's wire form
  readonly records: any[];
}

/** A freshly loaded page: the library with nothing called yet, and what its SDKs send. */
export interface Page extends Omit<Library, 'initMixpanel'> {
  /** With the platform's plan unless `options` name another. */
  initMixpanel(options?: Partial<MixpanelOptions>): void;
  readonly sentryItems: SentryItem[];
  /** Reports that were handed to the page's own server by a beacon. */
  readonly beacons: LeftReport[];
  /** What the tunnel answers to what is fetched from now on; `offline` when nothing can be reached. */
  answer(status: number | 'offline', headers?: Record<string, string>): void;
  readonly mixpanelRequests: MixpanelRequest[];
  events(): SentryItem['body'][];
  spans(): SentryItem['body'][];
  warnings(): string[];
}

const DSN = 'https://abcdef0123456789abcdef0123456789@errors.example/42';
const TOKEN = 'token0123456789';

/** Loads the library anew, as a new page does, with both halves configured unless `env` says otherwise. */
export async function openTestPage(env: Record<string, string> = {}): Promise<Page> {
  leavePage();
  vi.resetModules();
  for (const [name, value] of Object.entries({ VITE_SENTRY_DSN: DSN, VITE_MIXPANEL_TOKEN: TOKEN, ...env })) {
    vi.stubEnv(name, value);
  }
  const sentryItems = captureFetch();
  const mixpanelRequests = captureXhr();
  const beacons = captureBeacons();
  trackListeners();
  trackTimers();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const library = await import('../../src/index.ts');
  return {
    ...library,
    initSentry: (options) => library.initSentry({ plan: pagePlan, ...options }),
    initMixpanel: (options) => library.initMixpanel({ plan: pagePlan, ...options }),
    sentryItems,
    mixpanelRequests,
    beacons,
    answer(status, headers = {}) {
      currentAnswer = { status, headers };
      vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(status !== 'offline');
    },
    events: () => sentryItems.filter(({ header }) => header['type'] === 'event').map(({ body }) => body),
    spans: () => sentryItems.filter(({ header }) => header['type'] === 'span').flatMap(({ body }) => body.items),
    warnings: () => warn.mock.calls.map(([message]) => String(message)),
  };
}

/** Undoes what a page left behind; to be called after each test. */
export async function closeTestPage(): Promise<void> {
  leavePage();
  vi.useRealTimers();
  await getClient()?.close(100);
  // Scopes live in a global carrier, which would hand one page's user and breadcrumbs to the next.
  Reflect.deleteProperty(globalThis, '__SENTRY__');
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  localStorage.clear();
  document.body.replaceChildren();
  history.replaceState(null, '', '/');
}

/** What Mixpanel has sent to one of its routes, after the timers of its batches have run. */
export async function mixpanelSent(
  page: Page,
  route: '/o/t/' | '/o/p/',
  count: number,
): Promise<MixpanelRequest['records']> {
  const records = () =>
    page.mixpanelRequests.filter(({ url }) => url.includes(route)).flatMap((request) => request.records);
  await vi.waitFor(async () => {
    // Else hours of fake time pass while an SDK is read and transformed for real, and its timers make no sense of it.
    await vi.dynamicImportSettled();
    if (vi.isFakeTimers()) await vi.advanceTimersByTimeAsync(6000);
    if (records().length < count) throw new Error(`waited for ${count} records on ${route}, got ${records().length}`);
  }, 25_000);
  return records();
}

function leavePage(): void {
  for (const remove of listeners.splice(0)) remove();
  for (const timer of timers.splice(0)) clearTimeout(timer);
}

const timers: ReturnType<typeof setTimeout>[] = [];

/** What a page has put off must not happen to the next one, or after the last. */
function trackTimers(): void {
  if (vi.isFakeTimers()) return;
  const set = globalThis.setTimeout;
  const setAndRemember = (...args: Parameters<typeof setTimeout>) => {
    const timer = set(...args);
    timers.push(timer);
    return timer;
  };
  vi.stubGlobal('setTimeout', setAndRemember);
}

const listeners: (() => void)[] = [];

/** A page that is gone hears nothing: its listeners must not report the errors of the next test. */
function trackListeners(): void {
  for (const target of [window, document] as EventTarget[]) {
    if (vi.isMockFunction(target.addEventListener)) continue;
    const add = target.addEventListener.bind(target);
    vi.spyOn(target, 'addEventListener').mockImplementation((type, listener, options) => {
      add(type, listener, options);
      listeners.push(() => target.removeEventListener(type, listener, options));
    });
  }
}

// The SDK remembers the first `fetch` it finds, so there is one for all pages and it writes to the latest.
let currentItems: SentryItem[] = [];
let currentAnswer: { status: number | 'offline'; headers: Record<string, string> } = { status: 200, headers: {} };
async function fetchFromPage(url: unknown, init?: { body?: string | Uint8Array }): Promise<Response> {
  const { status, headers } = currentAnswer;
  if (status === 'offline') throw new TypeError('Failed to fetch');
  const isTaken = status < 300 && init?.body !== undefined;
  if (isTaken && new URL(String(url), location.href).pathname === '/o/r')
    currentItems.push(...readEnvelope(init.body ?? ''));
  return new Response('{}', { status, headers });
}

/** jsdom has no beacons. */
function captureBeacons(): LeftReport[] {
  const beacons: LeftReport[] = [];
  const sendBeacon = (path: string, body: string) => {
    if (currentAnswer.status === 'offline') return false;
    beacons.push({ path, ...JSON.parse(body) });
    return true;
  };
  Object.defineProperty(navigator, 'sendBeacon', { configurable: true, value: sendBeacon });
  return beacons;
}

function captureFetch(): SentryItem[] {
  currentItems = [];
  currentAnswer = { status: 200, headers: {} };
  vi.stubGlobal('fetch', fetchFromPage);
  return currentItems;
}

function readEnvelope(body: string | Uint8Array): SentryItem[] {
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const [envelope = {}, ...rest] = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return rest.flatMap((header, index) => (index % 2 === 0 ? [{ envelope, header, body: rest[index + 1] }] : []));
}

function captureXhr(): MixpanelRequest[] {
  const requests: MixpanelRequest[] = [];
  // An event target, as Sentry listens on every request once it is there.
  class RecordingXhr extends EventTarget {
    withCredentials = false;
    readyState = 0;
    status = 0;
    responseText = '';
    onreadystatechange: (() => void) | undefined;
    #url = '';
    open(_method: string, url: string) {
      this.#url = url;
    }
    setRequestHeader() {}
    send(body: string) {
      const data = JSON.parse(new URLSearchParams(body).get('data') ?? '[]');
      requests.push({ url: this.#url, records: Array.isArray(data) ? data : [data] });
      this.readyState = 4;
      this.status = 200;
      this.responseText = '{"status":1,"error":null}';
      queueMicrotask(() => {
        this.onreadystatechange?.();
        this.dispatchEvent(new Event('readystatechange'));
      });
    }
  }
  vi.stubGlobal('XMLHttpRequest', RecordingXhr);
  return requests;
}
