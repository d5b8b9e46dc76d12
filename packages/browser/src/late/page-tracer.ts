import {
  type BrowserClient,
  getCurrentScope,
  type Span,
  startBrowserTracingNavigationSpan,
  startBrowserTracingPageLoadSpan,
} from '@sentry/react';
import type { PageParts } from '../eager/page-parts.ts';
import type { PageTrace } from '../eager/page-trace.ts';
import type { PageCall, SentrySettings } from '../eager/sentry.ts';

/** FCP and TTFB arrive through observers a moment after the span has started; one that ended earlier would miss them. */
const VITALS_DELAY_MS = 100;

/** Makes what turns page calls into traces: the first is the page load, the others are navigations. */
export function createPageTracer(
  client: BrowserClient,
  settings: SentrySettings,
  page: PageParts['page'],
): (call: PageCall) => void {
  const headers = pageLoadHeaders(client, settings, page.trace);
  // The SDK traces requests from now on.
  if (page.trace) page.trace = { ...page.trace, header: undefined };
  return ({ pattern, url, startedAtMs }) => {
    const options = { name: pattern, attributes: { 'sentry.segment.name.source': 'route' as const } };
    const span =
      startedAtMs === undefined
        ? startBrowserTracingPageLoadSpan(client, options, headers)
        : startBrowserTracingNavigationSpan(client, { ...options, startTime: startedAtMs / 1000 }, { url });
    if (span && startedAtMs === undefined) endWithPageLoad(span);
    const traceId = span?.spanContext().traceId ?? getCurrentScope().getPropagationContext().traceId;
    if (page.trace) page.trace = { ...page.trace, traceId };
  };
}

/** Lets the SDK continue the trace that was opened with the first line of the page, so that early events are part of it. */
function pageLoadHeaders(client: BrowserClient, settings: SentrySettings, trace: PageTrace | undefined) {
  if (trace === undefined) return {};
  const entries = {
    trace_id: trace.traceId,
    sampled: trace.isSampled,
    public_key: client.getDsn()?.publicKey,
    environment: settings.environment,
    release: settings.release,
    sample_rate: settings.tracesSampleRate,
  };
  const baggage = Object.entries(entries)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `sentry-${key}=${encodeURIComponent(String(value))}`);
  return { sentryTrace: trace.header, baggage: baggage.join(',') };
}

/** Of a prerendered page. */
interface ActivatedTiming extends PerformanceNavigationTiming {
  /** When it was shown, in milliseconds; 0 for any other page. */
  readonly activationStart?: number;
}

/**
 * A span that starts after the page has loaded would last until now; it ends when the page was there. A prerendered page is painted when it is shown:
 * the time until then is nobody's wait.
 */
function endWithPageLoad(span: Span): void {
  const [load] = performance.getEntriesByType('navigation') as ActivatedTiming[];
  if (!load || load.loadEventEnd === 0) return;
  setTimeout(() => {
    const [paint] = load.activationStart ? [] : performance.getEntriesByName('first-contentful-paint');
    span.end((performance.timeOrigin + Math.max(load.loadEventEnd, paint?.startTime ?? 0)) / 1000);
  }, VITALS_DELAY_MS);
}
