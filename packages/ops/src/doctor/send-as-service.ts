import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LaneStats } from '@qr/common';
import type { Environment } from '../cli/environment.ts';
import { type CheckContext, type Finding, failed } from './check.ts';
import { explainFailure, wordsOf } from './hosts.ts';

/** What became of something that was sent. */
interface Delivery {
  readonly isDelivered: boolean;
  /** The status with which the receiver refused, and its words. */
  readonly refusal?: { readonly status: number; readonly words: string };
  /** Why there was no answer; absent too when none came in time. */
  readonly networkError?: string;
}

/** What the sender showed to be let in. */
export type Sender = 'token' | 'service_account';

type SendOptions = Pick<CheckContext, 'env' | 'library' | 'signal' | 'timeoutMs'>;

/** How the doctor is called in events and errors. */
const SERVICE = 'qr-obs';
const TEST_ERROR_MESSAGE = 'A test error of `qr-obs doctor`: nothing is wrong.';

/** For closing the pipeline and for the last look-up. */
export const RESERVE_MS = 400;

/** The pipeline ends as fast as it can: what it holds is a test. */
const CLOSE_MS = 100;

/** Sends the test event as a service sends its events: by the plan, the pipeline, a spool and the transport of `@qr/common`. */
export function sendTestEvent(checkId: string, sentBy: Sender, options: SendOptions): Promise<Delivery> {
  const account = sentBy === 'token' ? { MIXPANEL_SERVICE_ACCOUNT: undefined } : {};
  const env = { ...options.env, ...account, SENTRY_DSN: undefined };
  return asService({ ...options, env }, async (common) => {
    // Without a DSN it names the service, and that is all.
    common.initializeSentry(SERVICE);
    common.initializeMixpanel();
    common.trackEvent('observability_checked', '', { check_id: checkId, sent_by: sentBy });
    await common.flushObservability(options.timeoutMs);
    return readDelivery(common.observabilityStats().lanes.import);
  });
}

/** Sends the test error as a service reports one; its id is the one under which Sentry keeps it. */
export function sendTestError(options: SendOptions): Promise<Delivery & { readonly eventId: string }> {
  return asService(options, async (common) => {
    common.initializeSentry(SERVICE);
    const error = new Error(TEST_ERROR_MESSAGE);
    error.name = 'ObservabilityCheck';
    const eventId = common.captureException(error);
    await common.flushObservability(options.timeoutMs);
    return { ...readDelivery(common.observabilityStats().lanes.sentry), eventId };
  });
}

/**
 * Runs with the variables of a service, which the library reads from the process; with a spool of its own, and without the queue: what is
 * only a test must not wait where others would deliver it later.
 */
async function asService<Result>(
  { env, library, signal }: SendOptions,
  act: (common: CheckContext['library']) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  const spool = await mkdtemp(join(tmpdir(), 'qr-obs-doctor-'));
  const { env: before } = process;
  const { warn } = console;
  process.env = definedOf({
    ...env,
    OBSERVABILITY_SPOOL_DIR: spool,
    OBSERVABILITY_REDIS_URL: undefined,
    SENTRY_ERROR_BUDGET_PER_MONTH: '0',
    SENTRY_PROFILE_SESSION_SAMPLE_RATE: '0',
  });
  // What the library warns of, the finding says in other words.
  console.warn = () => {};
  try {
    return await untilAborted(act(library), signal);
  } finally {
    await library.closeObservability(CLOSE_MS);
    console.warn = warn;
    process.env = before;
    await rm(spool, { recursive: true, force: true });
  }
}

/** Resolves as `work` does, or rejects with the reason of the signal; the work itself goes on. */
function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** A lane says what its receiver complained of as `status 401: <the answer>`, or as the message of a network error. */
function readDelivery(lane: LaneStats | undefined): Delivery {
  const { delivered = 0, lastError = null } = lane ?? {};
  if (delivered > 0) return { isDelivered: true };
  if (lastError === null) return { isDelivered: false };
  const [, status, answer = ''] = /^status (\d+): (.*)$/s.exec(lastError) ?? [];
  if (status === undefined) return { isDelivered: false, networkError: lastError };
  return { isDelivered: false, refusal: { status: Number(status), words: wordsOf(answer) } };
}

function definedOf(env: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Who received, and how it is called in sentences. */
interface Receiver {
  readonly name: 'Mixpanel' | 'Sentry';
  readonly origin: string;
  readonly timeoutMs: number;
  /** What a 401 or 403 means there. */
  readonly denied: (status: number, words: string) => Finding;
}

/** Why something did not arrive, as a finding; `undefined` when it did. */
export function explainDelivery(
  { isDelivered, refusal, networkError }: Delivery,
  receiver: Receiver,
): Finding | undefined {
  const { name, origin, timeoutMs, denied } = receiver;
  if (isDelivered) return undefined;
  if (networkError !== undefined) return explainFailure(networkError, origin);
  if (refusal === undefined)
    return failed(
      `${origin} took the connection and did not answer within ${timeoutMs / 1000} s.`,
      `Ask again with a longer --timeout; see whether ${name} reports troubles of its own.`,
    );
  const { status, words } = refusal;
  if (status === 401 || status === 403) return denied(status, words);
  if (status === 429)
    return failed(
      `${name} takes no more for now (429: ${words}). That says nothing against the credentials: a quota or a rate limit is used up.`,
      'Look at the quota of the project. Services keep what they have and send it later; ask again then.',
    );
  if (status >= 500)
    return failed(
      `${name} has troubles of its own (${status}${words && `: ${words}`}). That says nothing against the credentials.`,
      `Look at the status page of ${name}. Services keep what they have and send it later; ask again then.`,
    );
  if (status < 400)
    return failed(
      `Something that is not ${name} answers at ${origin} (${status}: ${words}).`,
      'A log-in page of the network, or a proxy, answers in its place: correct the host, or let this machine out.',
    );
  return failed(
    `${name} refuses what was sent (${status}: ${words}).`,
    'Look whether the host is that of the ingestion API; what is sent is tested against its rules.',
  );
}

const FIRST_WAIT_MS = 200;

/**
 * Asks until there is an answer, each time after twice the wait: the vendors allow some sixty questions an hour.
 *
 * @returns `undefined` when the next question would come too late.
 */
export async function poll<Answer>(
  ask: () => Promise<Answer | undefined>,
  { forMs, signal }: { readonly forMs: number; readonly signal: AbortSignal },
): Promise<Answer | undefined> {
  const endsAt = performance.now() + forMs;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() + waitMs > endsAt) return undefined;
    await sleep(waitMs, undefined, { signal });
  }
}
