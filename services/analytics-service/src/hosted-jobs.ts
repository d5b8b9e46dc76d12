import {
  type AlertChange,
  type AlertRule,
  type AlertState,
  type AlertVariables,
  changesOf,
  createQueryClient,
  evaluate,
  messagesOf,
  type QueryClient,
  sourcesFrom,
  tellWebhook,
  vendorOf,
} from '@qr/alerts';
import {
  captureException,
  type ObservabilityConfig,
  Sentry,
  startShipper,
  withJobContext,
  withMonitor,
} from '@qr/common';
import { type Server, type StopSchedule, startSchedule } from '@qr/common/server';
import { type Database, withoutValues } from '@qr/database';
import { sql } from 'drizzle-orm';

/** What Mixpanel's Query API takes in an hour; see https://docs.mixpanel.com/reference/query-api. */
const QUERIES_AN_HOUR = 60;

/** What is being sent may end; more would keep a deploy waiting, and whatever is cut off stays queued. */
const CLOSE_TIMEOUT_MS = 3000;

type ShipperConfig = Pick<ObservabilityConfig, 'OBSERVABILITY_REDIS_URL' | 'MIXPANEL_TOKEN'>;

interface AlertConfig extends AlertVariables {
  readonly ALERT_INTERVAL_MINUTES: number;
  readonly ALERT_WEBHOOK_URL?: string | undefined;
}

interface HostAlertsOptions {
  readonly rules: readonly AlertRule[];
  readonly store: AlertStore;
  readonly config: AlertConfig;
}

/**
 * Evaluates the alert rules in this process until the server closes, when there is somebody to ask. Neither the start nor the end waits for it: what
 * it is at when the process ends is done again by the next.
 *
 * @returns whether it does.
 * @throws Error when the variables that say whom to ask cannot be read.
 */
export function hostAlerts(app: Server, { rules, store, config }: HostAlertsOptions): boolean {
  const sources = sourcesFrom(config);
  if (sources === undefined) {
    app.log.info(
      'alert rules are not evaluated: neither an account of a vendor nor INBOX_URL is set; see ALERT_INTERVAL_MINUTES in .env.example',
    );
    return false;
  }
  const abort = new AbortController();
  const { signal } = abort;
  const { ALERT_WEBHOOK_URL: url } = config;
  const watch = createAlertWatch({
    rules,
    client: createQueryClient({ ...sources, fetch: unseenFetch, signal }),
    store,
    intervalMinutes: affordableInterval(app, rules, sources.mixpanel?.account !== undefined, config),
    now: Date.now,
    async tell(changes) {
      if (url !== undefined) await tellWebhook(messagesOf(changes, rules), { url, fetch: unseenFetch, signal });
      for (const change of changes) logChange(app, change);
    },
    onFailure(error) {
      if (signal.aborted) return;
      app.log.error({ err: error }, 'the alert rules could not be evaluated, or not be told of');
      captureException(error, { operation: 'evaluate alerts' });
    },
  });
  const stop = watch.start();
  app.addHook('onClose', async () => {
    const stopped = stop();
    abort.abort();
    await stopped;
  });
  return true;
}

/**
 * Has this process deliver to Mixpanel what others have queued in Redis, when there is one, until the server closes.
 *
 * @returns whether it does.
 */
export async function hostShipper(app: Server, config: ShipperConfig): Promise<boolean> {
  if (config.OBSERVABILITY_REDIS_URL === undefined) return false;
  if (config.MIXPANEL_TOKEN === undefined) {
    app.log.info('nothing is shipped: OBSERVABILITY_REDIS_URL is set and MIXPANEL_TOKEN is not');
    return false;
  }
  const shipper = await startShipper();
  app.addHook('onClose', () => shipper.close(CLOSE_TIMEOUT_MS));
  return true;
}

function logChange(app: Server, { kind, after: { rule, value, reason } }: AlertChange): void {
  if (kind === 'started') app.log.warn({ rule, value }, 'an alert rule fires');
  else if (kind === 'stopped') app.log.info({ rule, value }, 'an alert rule no longer fires');
  else app.log.warn({ rule, reason }, 'an alert rule has no data any more');
}

/**
 * Requests that leave no trace: the path of a webhook is a secret, which a span or a breadcrumb would show, and an inbox would fill itself with its
 * own questions.
 */
const unseenFetch: typeof fetch = (input, init) => Sentry.suppressTracing(() => fetch(input, init));

function affordableInterval(
  app: Server,
  rules: readonly AlertRule[],
  isMixpanelAsked: boolean,
  { ALERT_INTERVAL_MINUTES: wanted }: AlertConfig,
): number {
  const queries = isMixpanelAsked ? rules.filter(({ measure }) => vendorOf(measure) === 'mixpanel').length : 0;
  const least = Math.ceil((queries * 60) / QUERIES_AN_HOUR);
  if (wanted >= least) return wanted;
  app.log.warn(
    { wanted, minutes: least },
    'alert rules are evaluated less often than ALERT_INTERVAL_MINUTES says: Mixpanel takes 60 queries an hour',
  );
  return least;
}

const MINUTE_MS = 60_000;
/** Of the interval: timers come a little early or late, and a run must not take the last one for its own. */
const CLAIM_SHARE = 0.9;

interface AlertWatchOptions {
  readonly rules: readonly AlertRule[];
  readonly client: QueryClient;
  readonly store: AlertStore;
  readonly intervalMinutes: number;
  readonly now: () => number;
  /** Tells people what changed. While it rejects, the same is told again. */
  readonly tell: (changes: readonly AlertChange[]) => Promise<void>;
  /** Told of a run that failed, and not of the next ones that fail for the same reason. */
  readonly onFailure: (error: unknown) => void;
}

/** Evaluates the alert rules, and tells what changed. */
export function createAlertWatch(options: AlertWatchOptions) {
  const { rules, client, store, intervalMinutes, now, tell, onFailure } = options;
  const intervalMs = intervalMinutes * MINUTE_MS;
  const monitor = {
    schedule: { type: 'interval', value: intervalMinutes, unit: 'minute' },
    checkinMargin: 2,
    maxRuntime: 5,
  } as const;
  let isStopped = false;
  let lastFailure: string | undefined;

  async function watch(claim: Claim): Promise<void> {
    const unanswered: unknown[] = [];
    const states = await evaluate(rules, client, claim.claimedAt, (_rule, error) => unanswered.push(error));
    // Questions that were cut short are no finding.
    if (isStopped) return;
    const changes = changesOf(claim.states, states);
    if (changes.length > 0) await tell(changes);
    await store.keep(claim, states);
    if (unanswered.length > 0)
      throw new Error(`${unanswered.length} of ${rules.length} alert rules could not be evaluated.`, {
        cause: unanswered[0],
      });
  }

  async function work(): Promise<void> {
    const claim = await store.claim(now(), intervalMs * CLAIM_SHARE);
    if (claim !== undefined) await withMonitor('analytics-alerts', () => watch(claim), monitor);
  }

  function report(error: unknown): void {
    const failure = error instanceof Error ? error.message : String(error);
    if (failure !== lastFailure) onFailure(error);
    lastFailure = failure;
  }

  let running: Promise<void> | undefined;
  /** Evaluates once, unless another instance has done it in this interval; joins a run that is under way. Never rejects. */
  function run(): Promise<void> {
    running ??= withJobContext({ name: 'evaluate alerts' }, () =>
      work().then(() => {
        lastFailure = undefined;
      }, report),
    ).finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    run,
    /** Runs at once and then every interval, in one of all instances; returns how to stop. */
    start(): StopSchedule {
      isStopped = false;
      const stop = startSchedule({ name: 'alerts', everyMs: intervalMs, run });
      return () => {
        isStopped = true;
        return stop();
      };
    },
  };
}

/** One evaluation of all instances together. */
export interface Claim {
  readonly claimedAt: number;
  /** What was told last. */
  readonly states: readonly AlertState[];
}

/** What instances share of the alerts. */
export type AlertStore = ReturnType<typeof createAlertStore>;

export function createAlertStore(db: Database['db']) {
  return withoutValues({
    /**
     * Takes the evaluation of this interval, of which only one instance gets it: the update locks the row, and who waited for it finds that the
     * condition no longer holds.
     *
     * @returns undefined when another one has it.
     */
    async claim(now: number, intervalMs: number): Promise<Claim | undefined> {
      // A claim of a clock that was far ahead must not stand in the way until then.
      const { rows } = await db.execute<{ states: AlertState[] }>(sql`
        update analytics.alerts set claimed_at = ${timestamp(now)}
        where claimed_at not between ${timestamp(now - intervalMs)} and ${timestamp(now + intervalMs)}
        returning states`);
      const [row] = rows;
      return row && { claimedAt: now, states: row.states };
    },

    /** Remembers what was told, unless somebody else has taken over meanwhile. */
    async keep({ claimedAt }: Claim, states: readonly AlertState[]): Promise<void> {
      await db.execute(sql`
        update analytics.alerts set states = ${JSON.stringify(states)}::jsonb
        where claimed_at = ${timestamp(claimedAt)}`);
    },
  });
}

function timestamp(time: number) {
  return sql`${new Date(time).toISOString()}::timestamptz`;
}
