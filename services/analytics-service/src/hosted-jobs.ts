import {
  type AlertChange,
  type AlertRule,
  type AlertVariables,
  createQueryClient,
  messagesOf,
  sourcesFrom,
  tellWebhook,
  vendorOf,
} from '@qr/alerts';
import { captureException, type ObservabilityConfig, Sentry, startShipper } from '@qr/common';
import type { Server } from '@qr/common/server';
import { type AlertStore, createAlertWatch } from './alerts.ts';

/** What Mixpanel's Query API takes in an hour; see https://docs.mixpanel.com/reference/query-api. */
const QUERIES_AN_HOUR = 60;

/** What is being sent may end; more would keep a deploy waiting, and whatever is cut off stays queued. */
const CLOSE_TIMEOUT_MS = 3000;

type ShipperConfig = Pick<ObservabilityConfig, 'OBSERVABILITY_REDIS_URL' | 'MIXPANEL_TOKEN'>;

interface AlertConfig extends AlertVariables {
  readonly ALERT_INTERVAL_MINUTES: number;
  readonly ALERT_WEBHOOK_URL?: string | undefined;
}

export interface HostAlertsOptions {
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
