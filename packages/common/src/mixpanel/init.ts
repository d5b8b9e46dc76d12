import { plan } from '@qr/events';
import type { Mixpanel } from 'mixpanel';
import type { ObservabilityConfig } from '../config.ts';
import { createPipeline } from '../delivery/pipeline.ts';
import type { Transport } from '../delivery/transport.ts';
import { createMixpanelHttpTransport } from '../delivery/transports/mixpanel-http.ts';
import { readObservabilityConfig } from '../load-config.ts';
import { createHasher } from '../privacy/hash.ts';
import { currentTraceId } from '../sentry/trace-id.ts';
import { serviceName } from '../service-name.ts';
import { warnOnce } from '../warn-once.ts';
import { createEncoder } from './encode.ts';
import { createOfficialClient } from './official-client.ts';
import { runtime } from './runtime.ts';
import { createTracker } from './tracker.ts';

/** The official client of this process once {@link initializeMixpanel} ran with a token, `null` before. */
export let mixpanel: Mixpanel | null = null;

/** For tests and for servers with needs of their own. */
export interface InitializeMixpanelOptions {
  /** @default HTTP to `MIXPANEL_API_HOST` */
  readonly transport?: Transport;
}

/**
 * Turns analytics on for this process. Idempotent; never throws.
 *
 * @param token the project token; `MIXPANEL_TOKEN` when left out. Without either, one warning is printed and every analytics call does nothing.
 * @returns the official client, its requests carried by our delivery; `null` without a token.
 */
export function initializeMixpanel(token?: string, options: InitializeMixpanelOptions = {}): Mixpanel | null {
  if (runtime.pipeline) return mixpanel;
  const { config, problems } = readObservabilityConfig();
  const projectToken = token || config.MIXPANEL_TOKEN;
  if (!projectToken) {
    warnOnce(problems.get('MIXPANEL_TOKEN') ?? 'MIXPANEL_TOKEN is not set: analytics are off.');
    return null;
  }
  for (const name of ['MIXPANEL_API_HOST', 'OBSERVABILITY_FLUSH_INTERVAL_MS', 'PII_HASH_KEY']) {
    const problem = problems.get(name);
    if (problem) warnOnce(problem);
  }
  const pipeline = createPipeline({
    transport: options.transport ?? createTransport(projectToken, config),
    flushIntervalMs: config.OBSERVABILITY_FLUSH_INTERVAL_MS ?? 1000,
    warn: warnOnce,
  });
  const service = serviceName();
  const encoder = createEncoder({
    plan,
    hash: createHasher(config.PII_HASH_KEY),
    base: {
      ...(service !== undefined && { service }),
      environment: config.SENTRY_ENVIRONMENT ?? config.NODE_ENV,
      ...(config.SENTRY_RELEASE !== undefined && { release: config.SENTRY_RELEASE }),
    },
  });
  runtime.pipeline = pipeline;
  runtime.tracker = createTracker({
    encoder,
    pipeline,
    token: projectToken,
    counters: runtime.counters,
    traceId: currentTraceId,
  });
  mixpanel = createOfficialClient({ token: projectToken, encoder, pipeline });
  runtime.client = mixpanel;
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

function createTransport(token: string, config: ObservabilityConfig): Transport {
  const { MIXPANEL_SERVICE_ACCOUNT: credentials, MIXPANEL_PROJECT_ID: projectId } = config;
  return createMixpanelHttpTransport({
    apiHost: config.MIXPANEL_API_HOST ?? 'https://api.mixpanel.com',
    token,
    ...(credentials && projectId && { serviceAccount: { credentials, projectId } }),
  });
}
