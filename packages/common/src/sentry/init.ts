import type { StreamedSpanJSON } from '@sentry/core';
import * as Sentry from '@sentry/node';
import { readObservabilityConfig } from '../load-config.ts';
import { nameService } from '../service-name.ts';
import { stripUrl } from '../shared/index.ts';
import { warnOnce } from '../warn-once.ts';
import { filterBreadcrumb, filterErrorEvent } from './allow-list.ts';
import { dataCollection } from './data-collection.ts';
import { integrations } from './integrations.ts';
import { sentryState } from './state.ts';
import { platformOrigins } from './trace-origins.ts';
import { makeScrubbingTransport } from './transport.ts';

/** `close` sends one envelope a trace; the SDK's buffer of 64 would drop the rest. */
const TRANSPORT_BUFFER = 1000;

/**
 * Turns error tracking and tracing on for this process. Idempotent; never throws.
 *
 * @param name the service, as it appears in errors, traces and events.
 * @param dsn `SENTRY_DSN` when left out. Without either, one warning is printed and every capture does nothing.
 */
export function initializeSentry(name: string, dsn?: string): void {
  nameService(name);
  if (sentryState.isOn) return;
  const { config, problems } = readObservabilityConfig();
  const target = dsn || config.SENTRY_DSN;
  if (!target) {
    warnOnce(problems.get('SENTRY_DSN') ?? 'SENTRY_DSN is not set: error tracking is off.');
    return;
  }
  const isProduction = config.NODE_ENV === 'production';
  const rate = config.SENTRY_TRACES_SAMPLE_RATE ?? (isProduction ? 0.1 : 1);
  const ownHosts = [config.MIXPANEL_API_HOST ?? 'https://api.mixpanel.com', new URL(target).origin];
  Sentry.init({
    dsn: target,
    serverName: name,
    environment: config.SENTRY_ENVIRONMENT ?? config.NODE_ENV,
    ...(config.SENTRY_RELEASE !== undefined && { release: config.SENTRY_RELEASE }),
    // A rate of 0 still builds every span; leaving it out turns tracing off.
    ...(rate > 0 && { tracesSampleRate: rate }),
    tracePropagationTargets: platformOrigins(process.env),
    defaultIntegrations: false,
    integrations: integrations((url) => ownHosts.some((host) => url.startsWith(host))),
    dataCollection,
    // A stray SENTRY_SPOTLIGHT would mirror every event of a production process to that address.
    spotlight: !isProduction && Boolean(process.env['SENTRY_SPOTLIGHT']),
    transport: makeScrubbingTransport,
    transportOptions: { bufferSize: TRANSPORT_BUFFER },
    initialScope: { tags: { service: name } },
    beforeSend: filterErrorEvent,
    beforeBreadcrumb: filterBreadcrumb,
    beforeSendSpan: (span) => finishSpan(span, name),
    beforeSendLog: () => null,
  });
  sentryState.isOn = Sentry.isInitialized();
  sentryState.tracesSampleRate = rate;
}

/** Whether errors are sent from this process. */
export function isSentryOn(): boolean {
  return sentryState.isOn;
}

export async function flushSentry(timeoutMs: number): Promise<void> {
  if (sentryState.isOn) await Sentry.flush(timeoutMs).catch(() => false);
}

export async function closeSentry(timeoutMs: number): Promise<void> {
  if (!sentryState.isOn) return;
  sentryState.isOn = false;
  await Sentry.close(timeoutMs).catch(() => false);
}

/** Span attributes that hold a URL, with its query whatever `dataCollection` says. */
const URL_ATTRIBUTES = ['url', 'url.full', 'url.path', 'http.url', 'http.target'];
/** The SDK puts these beside the URL. */
const QUERY_ATTRIBUTES = ['url.query', 'http.query', 'url.fragment', 'http.fragment', 'user_agent.original'];

/** Scope tags are not applied to spans, so each gets the service by name; and URLs lose what may be personal. */
function finishSpan(span: StreamedSpanJSON, service: string): StreamedSpanJSON {
  span.attributes ??= {};
  const { attributes } = span;
  attributes['service.name'] = service;
  for (const key of URL_ATTRIBUTES) {
    const value = attributes[key];
    if (typeof value === 'string') attributes[key] = stripUrl(value);
  }
  for (const key of QUERY_ATTRIBUTES) delete attributes[key];
  return span;
}
