import { plan } from '@qr/events';
import type { Mixpanel } from 'mixpanel';
import { createPipeline, type PipelineOptions } from '../delivery/pipeline.ts';
import type { Transport } from '../delivery/transport.ts';
import { readObservabilityConfig } from '../load-config.ts';
import { createHasher } from '../privacy/hash.ts';
import { releaseOf } from '../release.ts';
import { noteEvent } from '../sentry/recent-events.ts';
import { serviceName } from '../service-name.ts';
import { spoolRootOf } from '../spool-root.ts';
import { warnOnce } from '../warn-once.ts';
import { createEncoder } from './encode.ts';
import { createOfficialClient, type UnplannedPolicy } from './official-client.ts';
import { runtime } from './runtime.ts';
import { createTracker } from './tracker.ts';
import { transportsFor } from './transports.ts';

/** The official client of this process once {@link initializeMixpanel} ran with a token, `null` before. */
export let mixpanel: Mixpanel | null = null;

/** For tests, and for processes with needs of their own. */
export interface InitializeMixpanelOptions {
  /** Carries every lane; with it nothing is kept on disk unless OBSERVABILITY_SPOOL_DIR says so. @default HTTP to `MIXPANEL_API_HOST` */
  readonly transport?: Transport;
  /** What becomes of unplanned data of the official client. @default 'drop' */
  readonly mixpanelUnplanned?: UnplannedPolicy;
  /** Whether `trackRevenue` also appends the charge to the profile, which the vendor's documentation no longer mentions. @default false */
  readonly legacyTrackCharge?: boolean;
}

/** What {@link initializeMixpanel} looks at, by name, so that a malformed one is said once. */
const VARIABLES = [
  ...['MIXPANEL_API_HOST', 'OBSERVABILITY_FLUSH_INTERVAL_MS', 'OBSERVABILITY_SPOOL_MAX_BYTES', 'PII_HASH_KEY'],
  ...['MIXPANEL_APP_HOST', 'MIXPANEL_OAUTH_TOKEN', 'ANALYTICS_URL', 'SERVICE_TOKEN', 'OBSERVABILITY_REDIS_URL'],
  'OBSERVABILITY_REDIS_PREFIX',
];

/**
 * Turns analytics on for this process. Idempotent; never throws.
 *
 * @param token the project token; `MIXPANEL_TOKEN` when left out. Without a token and without `ANALYTICS_URL` one warning is printed and every
 * analytics call does nothing.
 * @returns the official client, its requests carried by our delivery; `null` without a token.
 */
export function initializeMixpanel(token?: string, options: InitializeMixpanelOptions = {}): Mixpanel | null {
  if (runtime.pipeline) return mixpanel;
  const { config, problems } = readObservabilityConfig();
  const projectToken = token || config.MIXPANEL_TOKEN;
  for (const name of VARIABLES) {
    const problem = problems.get(name);
    if (problem) warnOnce(problem);
  }
  const spoolRoot = options.transport ? config.OBSERVABILITY_SPOOL_DIR : spoolRootOf(config);
  const transports = options.transport ? everyLane(options.transport) : transportsFor(config, projectToken, spoolRoot);
  if (Object.keys(transports).length === 0) {
    warnOnce(problems.get('MIXPANEL_TOKEN') ?? 'MIXPANEL_TOKEN is not set: analytics are off.');
    return null;
  }
  const pipeline = createPipeline({
    transports,
    spoolRoot,
    maxSpoolBytes: config.OBSERVABILITY_SPOOL_MAX_BYTES ?? 256 * 1024 * 1024,
    flushIntervalMs: config.OBSERVABILITY_FLUSH_INTERVAL_MS ?? 1000,
    warn: warnOnce,
  });
  const service = serviceName();
  const release = releaseOf(config);
  const encoder = createEncoder({
    plan,
    hash: createHasher(config.PII_HASH_KEY),
    base: {
      ...(service !== undefined && { service }),
      environment: config.SENTRY_ENVIRONMENT ?? config.NODE_ENV,
      ...(release !== undefined && { release }),
    },
    onLeftOut: countLeftOut,
  });
  runtime.pipeline = pipeline;
  const recordsCharges = options.legacyTrackCharge ?? false;
  runtime.tracker = createTracker({ encoder, pipeline, token: projectToken, recordsCharges, noteEvent });
  if (projectToken !== undefined) {
    const unplanned = options.mixpanelUnplanned ?? 'drop';
    mixpanel = createOfficialClient({ token: projectToken, encoder, pipeline, unplanned });
  }
  return mixpanel;
}

/** The official client, or `null` when analytics are off. */
export function getMixpanel(): Mixpanel | null {
  return mixpanel;
}

/** Forgets the client after the pipeline was closed. */
export function resetMixpanelClient(): void {
  mixpanel = null;
}

function countLeftOut(what: string, reason: 'unplanned_property' | 'invalid_property', name: string): void {
  runtime.counters[reason]++;
  warnOnce(
    reason === 'unplanned_property'
      ? `${what}: property "${name}" is not in the tracking plan and was left out. Add it in packages/events.`
      : `${what}: property "${name}" has a value of another type than the tracking plan says and was left out.`,
  );
}

function everyLane(transport: Transport): PipelineOptions['transports'] {
  return { import: transport, engage: transport, groups: transport };
}
