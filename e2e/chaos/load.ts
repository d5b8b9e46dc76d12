import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** One request of the load, and what became of it. */
export interface Asked {
  readonly kind: 'scan' | 'sign-up' | 'error';
  /** When it was sent, milliseconds since the epoch. */
  readonly at: number;
  readonly ms: number;
  /** `undefined`: no answer. */
  readonly status: number | undefined;
  /** The trace that it began, by which its event is found again. */
  readonly traceId: string;
  /** The code that was scanned, or the service that was to fail. */
  readonly target: string;
}

/** Where the load goes, and how much of it there is. */
interface LoadOptions {
  readonly web: string;
  readonly codes: readonly string[];
  /** Each answers `GET /debug/error` with a 500, by name. */
  readonly failing: readonly { readonly name: string; readonly origin: string }[];
  readonly scansPerSecond: number;
  readonly random: () => number;
}

const BROWSER =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36';
const TIMEOUT_MS = 10_000;
const PERIOD_MS = 1000;

/** A steady load until it is stopped: requests are sent by the clock, however long the answers take. */
export function startLoad({ web, codes, failing, scansPerSecond, random }: LoadOptions) {
  const asked: Asked[] = [];
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  let people = 0;

  function send(kind: Asked['kind'], target: string, url: string, init: RequestInit = {}): void {
    const traceId = randomBytes(16).toString('hex');
    const at = Date.now();
    const start = performance.now();
    const headers = {
      'user-agent': BROWSER,
      // A visitor of their own, and no more than a few requests from one address.
      'x-forwarded-for': `10.${byte(random)}.${byte(random)}.${byte(random)}`,
      'cf-ipcountry': 'CH',
      'sentry-trace': `${traceId}-${randomBytes(8).toString('hex')}-0`,
      ...init.headers,
    };
    const answered = fetch(url, { redirect: 'manual', ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) })
      .then(async (response) => {
        await response.arrayBuffer();
        return response.status;
      })
      .catch(() => undefined)
      .then((status) => {
        asked.push({ kind, target, traceId, at, status, ms: performance.now() - start });
        underWay.delete(answered);
      });
    underWay.add(answered);
  }

  const scan = () => {
    const code = codes[Math.floor(random() * codes.length)] ?? '';
    send('scan', code, `${web}/scan/${code}`);
  };
  const signUp = () => {
    const body = JSON.stringify({ email: `person-${people++}@mail.example`, password: 'correct-horse-battery' });
    send('sign-up', 'auth-service', `${web}/api/auth/signup`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
  };
  const fail = () => {
    const { name, origin } = failing[Math.floor(random() * failing.length)] ?? { name: '', origin: web };
    send('error', name, `${origin}/debug/error`);
  };

  async function every(ms: number, act: () => void): Promise<void> {
    for (let next = Date.now(); !stopping.signal.aborted; next += ms) {
      await sleep(Math.max(0, next - Date.now()), undefined, { signal: stopping.signal }).catch(() => {});
      if (!stopping.signal.aborted) act();
    }
  }
  const loops = [every(PERIOD_MS / scansPerSecond, scan), every(PERIOD_MS, signUp), every(PERIOD_MS / 5, fail)];

  return {
    asked: asked as readonly Asked[],
    /** Resolves when the last request was answered or given up. */
    async stop(): Promise<void> {
      stopping.abort();
      await Promise.all(loops);
      await Promise.all(underWay);
    },
  };
}

function byte(random: () => number): number {
  return Math.floor(random() * 254) + 1;
}
