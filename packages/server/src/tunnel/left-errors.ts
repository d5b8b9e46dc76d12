import type { Gate } from '@qr/telemetry/internal';
import { describeThrown, scrubText, stripUrl, type ThrownFacts } from '@qr/telemetry/privacy';
import { type Envelope, type Event, type Exception, type StackFrame, serializeEnvelope, uuid4 } from '@sentry/core';
import type { ClientContexts } from '../visitor/user-agent.ts';
import { cut, type ErrorReport, type LeftException, type SentryCall } from './left-report.ts';

/** How the page is called in errors and traces, beside the services. */
const SERVICE = 'web';
/** The newest breadcrumbs of a report, and their texts and data in all; each error carries those before it. */
const MAX_BREADCRUMBS = 50;
const MAX_BREADCRUMB_LENGTH = 500;
const MAX_BREADCRUMBS_LENGTH = 4000;
/** Errors behind one error. */
const MAX_NESTED = 4;
const MAX_NESTED_MESSAGE_LENGTH = 500;
const MAX_NESTED_STACK_LENGTH = 2000;

type Breadcrumbs = NonNullable<Event['breadcrumbs']>;

/**
 * The errors of a report as envelopes, each with what came before it in the page: breadcrumbs, the route, the user. One is made at a time, after the
 * breadcrumbs, for each of which it yields `undefined`.
 */
export function* envelopesOf(
  report: ErrorReport,
  calls: readonly SentryCall[],
  client: ClientContexts,
  gate: Gate,
): Generator<string | undefined> {
  const cleaned = new Map<SentryCall, Breadcrumbs>();
  yield* cleanBreadcrumbs(calls, cleaned, gate);
  const breadcrumbs: Breadcrumbs = [];
  const page: Page = { userId: undefined, pattern: undefined, url: cut('url', report.url) };
  for (const call of calls) {
    if (call.kind === 'user') page.userId = call.userId;
    else if (call.kind === 'page') {
      page.pattern = call.pattern;
      page.url = call.url;
    } else if (call.kind === 'breadcrumb') breadcrumbs.push(...(cleaned.get(call) ?? []));
    else yield toEnvelope(clean(eventOf(call, report, page, client), gate), breadcrumbs, page.url);
  }
}

interface Page {
  userId: string | undefined;
  pattern: string | undefined;
  url: string;
}

/** Scrubs each breadcrumb once, whatever the number of errors that carry it; the newest first, because these stay when there are too many. */
function* cleanBreadcrumbs(
  calls: readonly SentryCall[],
  cleaned: Map<SentryCall, Breadcrumbs>,
  gate: Gate,
): Generator<undefined> {
  let left = MAX_BREADCRUMBS_LENGTH;
  for (let index = calls.length - 1; index >= 0 && cleaned.size < MAX_BREADCRUMBS; index--) {
    const call = calls[index];
    if (call?.kind !== 'breadcrumb') continue;
    const { category = 'app', data, at } = call;
    const message = call.message.slice(0, MAX_BREADCRUMB_LENGTH).toWellFormed();
    left -= message.length + JSON.stringify(data ?? {}).length;
    if (left < 0) break;
    const breadcrumb = { message, category, timestamp: at / 1000, ...(data && { data }) };
    cleaned.set(call, clean({ breadcrumbs: [breadcrumb] }, gate).breadcrumbs ?? []);
    yield undefined;
  }
}

function eventOf(
  call: LeftException,
  { environment, release, traceId = uuid4(), isNamed }: ErrorReport,
  { pattern, userId, url }: Page,
  client: ClientContexts,
): Event {
  return {
    event_id: call.eventId,
    timestamp: call.at / 1000,
    platform: 'javascript',
    level: 'error',
    environment,
    ...(release !== undefined && { release }),
    ...(pattern !== undefined && { transaction: pattern }),
    exception: { values: exceptionsOf(call, url) },
    ...(call.context && { extra: call.context }),
    ...(isNamed && userId !== undefined && { user: { id: userId } }),
    tags: { service: SERVICE },
    contexts: { ...client, trace: { trace_id: traceId, span_id: uuid4().slice(16) } },
  };
}

/** The error and those behind it, the innermost first, linked as the SDK links them. */
function exceptionsOf({ facts, location, ...call }: LeftException, pageUrl: string): Exception[] {
  const mechanism = { type: `auto.browser.${call.mechanism}`, handled: call.mechanism === 'manual' };
  const main = { ...exceptionOf(facts, pageUrl, framesOf(textOf(facts['stack']), location)), mechanism };
  const nested: Exception[] = [];
  addNested(facts, 0, nested, pageUrl);
  if (nested.length === 0) return [main];
  const isGroup = Array.isArray(facts['errors']) && { is_exception_group: true };
  return [...nested.reverse(), { ...main, mechanism: { ...mechanism, ...isGroup, exception_id: 0 } }];
}

/** Adds the children of an error before those of its children, so that no deep chain hides their siblings. */
function addNested(parent: ThrownFacts, parentId: number, nested: Exception[], pageUrl: string): void {
  const { cause, errors } = parent;
  const members = Array.isArray(errors) ? errors.map((error, index) => [error, `errors[${index}]`] as const) : [];
  const children = [[cause, 'cause'] as const, ...members].flatMap(([child, source]) => {
    if (typeof child !== 'object' || child === null || nested.length >= MAX_NESTED) return [];
    const { message, stack, ...rest } = child as ThrownFacts;
    const facts: ThrownFacts = { ...rest, message: textOf(message)?.slice(0, MAX_NESTED_MESSAGE_LENGTH) };
    const exceptionId = nested.length + 1;
    const frames = framesOf(textOf(stack)?.slice(0, MAX_NESTED_STACK_LENGTH), undefined);
    nested.push({
      ...exceptionOf(facts, pageUrl, frames),
      mechanism: { type: 'chained', handled: true, source, exception_id: exceptionId, parent_id: parentId },
    });
    return [[facts, exceptionId] as const];
  });
  for (const [child, exceptionId] of children) addNested(child, exceptionId, nested, pageUrl);
}

function exceptionOf(facts: ThrownFacts, pageUrl: string, frames: StackFrame[]): Exception {
  const { type, value } = describeThrown(facts, pageUrl);
  return {
    type: cut('name', type),
    value: cut('message', value).toWellFormed(),
    ...(frames.length > 0 && { stacktrace: { frames } }),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Keeps the address of the page, which the gate takes for one of a server's routes, without its query. */
function toEnvelope(event: Event, breadcrumbs: Breadcrumbs, url: string): string {
  const payload = { ...event, breadcrumbs, request: { url: scrubText(stripUrl(url)) } };
  return String(
    serializeEnvelope([{ event_id: event.event_id }, [[{ type: 'event' }, payload]]] as unknown as Envelope),
  );
}

/** Passes an event through the gate of everything that leaves for Sentry. */
function clean(event: Event, gate: Gate): Event {
  const [, items] = gate.scrubEnvelope([{}, [[{ type: 'event' }, event]]] as unknown as Envelope);
  return ((items as unknown as readonly (readonly [unknown, Event])[])[0]?.[1] ?? {}) as Event;
}

/** `at fn (https://…:1:2)` and `at https://…:1:2` of Chromium, `fn@https://…:1:2` of Firefox and Safari. */
const LINE =
  /^\s*(?:at (?:(?<chromium>[^(]*) \()?|(?<others>[^@]*)@)?(?<file>(?:https?|blob|file):[^\s()]*):(?<line>\d+):(?<column>\d+)\)?$/;
const MAX_FRAMES = 50;
const MAX_LINE_LENGTH = 1000;

/**
 * The frames of a stack as a browser prints it, the outermost call first, as Sentry wants them.
 *
 * @param location where it was thrown, for what has no stack.
 */
export function framesOf(
  stack: string | undefined,
  location: { readonly filename?: unknown; readonly lineno?: unknown; readonly colno?: unknown } | undefined,
): StackFrame[] {
  const frames = (stack ?? '').split('\n').flatMap((line) => {
    const {
      chromium,
      others,
      file = '',
      line: lineno,
      column,
    } = LINE.exec(line.slice(0, MAX_LINE_LENGTH))?.groups ?? {};
    return lineno === undefined ? [] : [frame(chromium ?? others, file, Number(lineno), Number(column))];
  });
  const { filename, lineno, colno } = location ?? {};
  if (frames.length === 0 && typeof filename === 'string' && filename !== '') {
    return [frame(undefined, filename, Number(lineno), Number(colno))];
  }
  return frames.slice(0, MAX_FRAMES).reverse();
}

function frame(name: string | undefined, file: string, lineno: number, colno: number): StackFrame {
  return { function: name || '?', filename: stripUrl(file), lineno, colno, in_app: true };
}
