import { redact, scrubText, stripUrl } from '@qr/telemetry/privacy';
import type { Breadcrumb, BrowserOptions, ErrorEvent, EventHint, Exception } from '@sentry/react';
import type { SourceLocation } from '../eager/sentry.ts';
import type { Gate } from './gate.ts';

type StreamedSpan = Parameters<NonNullable<BrowserOptions['beforeSendSpan']>>[0];

/** What `capture` hands along with an error. */
interface CaptureData {
  readonly at?: number;
  readonly source?: SourceLocation | undefined;
}

/** Labels that people wrote, in the selectors that the SDK makes of elements. */
const WRITTEN_LABELS = /\[(?:aria-label|title|alt)="[^"]*"\]/g;
const URL_ATTRIBUTE = /(?:^|[._])(?:url|uri|href|full|path|target|referrer)$/i;
const QUERY_ATTRIBUTE = /query|fragment/i;

/** The last gate of an error: its own time and place, no query strings, no unplanned context, scrubbed texts. */
export function privateEvent(event: ErrorEvent, hint: EventHint, gate: Gate): ErrorEvent {
  const { at, source } = (hint.data ?? {}) as CaptureData;
  if (at !== undefined) event.timestamp = at / 1000;
  if (event.message !== undefined) event.message = scrubText(event.message);
  event.exception?.values?.forEach((exception, index) => {
    cleanException(exception, index === 0 ? source : undefined);
  });
  event.request = { url: stripUrl(location.href) };
  event.extra = gate.quietContext(event.extra);
  event.user = event.user?.id === undefined ? {} : { id: event.user.id };
  return event;
}

/** Keeps method, path and status of requests, the path of navigations, and planned data. */
export function privateBreadcrumb(breadcrumb: Breadcrumb, gate: Gate): Breadcrumb | null {
  const { url, to, ...data } = breadcrumb.data ?? {};
  const address: unknown = url ?? to;
  const path = typeof address === 'string' ? stripUrl(address) : undefined;
  if (path?.replace(/^https?:\/\/[^/]+/, '').startsWith('/o/')) return null;
  return {
    ...breadcrumb,
    ...(breadcrumb.message !== undefined && { message: withoutLabels(scrubText(breadcrumb.message)) }),
    data: { ...gate.quietContext(data), ...(path !== undefined && { path }) },
  };
}

/** Cuts the query strings out of a span and scrubs its texts. A hook of this kind cannot drop a span. */
export function privateSpan(span: StreamedSpan): StreamedSpan {
  span.name = withoutLabels(scrubText(span.name.replace(/[?#].*$/, '')));
  for (const [key, value] of Object.entries(span.attributes)) {
    if (QUERY_ATTRIBUTE.test(key) || key === 'user_agent.original') delete span.attributes[key];
    else if (typeof value === 'string') span.attributes[key] = cleanAttribute(key, value);
    else if (typeof value === 'object') span.attributes[key] = redact(value) as typeof value;
  }
  return span;
}

function cleanAttribute(key: string, value: string): string {
  return withoutLabels(scrubText(URL_ATTRIBUTE.test(key) ? stripUrl(value) : value));
}

function cleanException(exception: Exception, source: SourceLocation | undefined): void {
  if (exception.value !== undefined) exception.value = scrubText(exception.value);
  for (const frame of exception.stacktrace?.frames ?? []) {
    if (frame.filename !== undefined) frame.filename = stripUrl(frame.filename);
    if (frame.abs_path !== undefined) frame.abs_path = stripUrl(frame.abs_path);
  }
  if (source?.filename && !exception.stacktrace?.frames?.length) {
    const { filename, lineno = 0, colno = 0 } = source;
    exception.stacktrace = { frames: [{ filename: stripUrl(filename), lineno, colno, in_app: true }] };
  }
}

function withoutLabels(text: string): string {
  return text.replace(WRITTEN_LABELS, '');
}
