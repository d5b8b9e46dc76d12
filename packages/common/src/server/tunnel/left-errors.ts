import { type Envelope, serializeEnvelope, uuid4 } from '@sentry/core';
import type { Event } from '@sentry/node';
import { scrubEnvelope } from '../../sentry/redact-telemetry.ts';
import { scrubText, stripUrl } from '../../shared/index.ts';
import { framesOf } from './browser-stack.ts';
import type { ErrorReport, LeftException } from './left-report.ts';

/** How the page is called in errors and traces, beside the services. */
const SERVICE = 'web';
/** As many as the SDK keeps. */
const MAX_BREADCRUMBS = 100;

/** The errors of a report as envelopes, each with what came before it in the page: breadcrumbs, the route, the user. */
export function envelopesOf(report: ErrorReport): string[] {
  const breadcrumbs: NonNullable<Event['breadcrumbs']> = [];
  const page: Page = { userId: undefined, pattern: undefined, url: report.url };
  const envelopes: string[] = [];
  for (const call of report.calls) {
    if (call.kind === 'user') page.userId = call.userId;
    else if (call.kind === 'page') {
      page.pattern = call.pattern;
      page.url = call.url;
    } else if (call.kind === 'breadcrumb') {
      const { message, category = 'app', data } = call;
      breadcrumbs.push({ message, category, data, timestamp: call.at / 1000 });
    } else {
      const event = eventOf(call, report, page, breadcrumbs.slice(-MAX_BREADCRUMBS));
      envelopes.push(toEnvelope(event, page.url));
    }
  }
  return envelopes;
}

interface Page {
  userId: string | undefined;
  pattern: string | undefined;
  url: string;
}

function eventOf(
  call: LeftException,
  { environment, release, traceId = uuid4(), isNamed }: ErrorReport,
  { pattern, userId }: Page,
  breadcrumbs: NonNullable<Event['breadcrumbs']>,
): Event {
  const mechanism = { type: `auto.browser.${call.mechanism}`, handled: call.mechanism === 'manual' };
  const frames = framesOf(call.stack, call.location);
  return {
    event_id: call.eventId,
    timestamp: call.at / 1000,
    platform: 'javascript',
    level: 'error',
    environment,
    ...(release !== undefined && { release }),
    ...(pattern !== undefined && { transaction: pattern }),
    exception: {
      values: [
        { type: call.name, value: call.message, mechanism, ...(frames.length > 0 && { stacktrace: { frames } }) },
      ],
    },
    breadcrumbs,
    ...(call.context && { extra: call.context }),
    ...(isNamed && userId !== undefined && { user: { id: userId } }),
    tags: { service: SERVICE },
    contexts: { trace: { trace_id: traceId, span_id: uuid4().slice(16) } },
  };
}

/** Through the gate of everything that leaves for Sentry; it keeps an address only of what a route of a server says is no id, which of a page is not known. */
function toEnvelope(event: Event, url: string): string {
  const [, items] = scrubEnvelope([{}, [[{ type: 'event' }, event]]] as unknown as Envelope);
  const [clean] = (items as unknown as readonly (readonly [unknown, Event])[])[0]?.slice(1) ?? [];
  const request = { url: scrubText(stripUrl(url)) };
  const payload = { ...(clean as Event), request };
  return String(
    serializeEnvelope([{ event_id: event.event_id }, [[{ type: 'event' }, payload]]] as unknown as Envelope),
  );
}
