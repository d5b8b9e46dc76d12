import { listAt, objectAt, textAt, timeMsAt } from '../sentry/fields.ts';
import { framesOf, mainException } from '../sentry/grouping.ts';
import type { JsonObject, StoredError } from '../store/records.ts';
import { facetsOf, readUserAgent, userAgentOf } from './facets.ts';

/** One exception of an error with its stack. */
export interface ExceptionView {
  readonly type: string | null;
  readonly value: string | null;
  /** Whether the application caught it; null when the SDK does not say. */
  readonly isHandled: boolean | null;
  /** As sent: the call that threw is last. */
  readonly frames: readonly JsonObject[];
}

/** Returns the exceptions of an error: the one that was thrown last first, then what caused it. A message may have a stack, too. */
export function exceptionsOf(event: JsonObject): ExceptionView[] {
  const main = mainException(event);
  const others = listIn(event, 'exception').filter((exception) => exception !== main);
  const all = main === undefined ? [] : [main, ...others.reverse()];
  const views = all.map(toView);
  if (views.some(({ frames }) => frames.length > 0)) return views;
  const frames = stackWithoutException(event);
  const [first, ...rest] = views;
  if (frames.length === 0) return views;
  return [{ ...(first ?? { type: null, value: null, isHandled: null }), frames }, ...rest];
}

function toView(exception: JsonObject): ExceptionView {
  const { handled } = objectAt(exception, 'mechanism');
  return {
    type: textAt(exception, 'type'),
    value: textAt(exception, 'value'),
    isHandled: typeof handled === 'boolean' ? handled : null,
    frames: framesOf(exception),
  };
}

/** Some SDKs send the stack of the thread that crashed, or of the message, beside the exception. */
function stackWithoutException(event: JsonObject): readonly JsonObject[] {
  const threads = listIn(event, 'threads');
  const thread =
    threads.find((each) => each['crashed'] === true) ?? threads.find((each) => each['current'] === true) ?? threads[0];
  const ofThread = thread === undefined ? [] : framesOf(thread);
  return ofThread.length > 0 ? ofThread : framesOf(event);
}

/** A list, or `{ values }` around it. */
function listIn(event: JsonObject, key: string): JsonObject[] {
  const list = Array.isArray(event[key]) ? listAt(event, key) : listAt(objectAt(event, key), 'values');
  return [...list];
}

/** Returns the breadcrumbs of an error in order of time. One without a time stays behind the one that it was sent after. */
export function breadcrumbsOf(event: JsonObject): JsonObject[] {
  const { breadcrumbs } = event;
  // A list in current SDKs, { values } in older ones.
  const sent = Array.isArray(breadcrumbs)
    ? listAt(event, 'breadcrumbs')
    : listAt(objectAt(event, 'breadcrumbs'), 'values');
  let latest = Number.NEGATIVE_INFINITY;
  return sent
    .map((crumb) => {
      latest = timeMsAt(crumb, 'timestamp') ?? latest;
      return { crumb, time: latest };
    })
    .sort((left, right) => (left.time === right.time ? 0 : left.time - right.time))
    .map(({ crumb }) => crumb);
}

type HighlightName =
  | 'service'
  | 'environment'
  | 'release'
  | 'transaction'
  | 'url'
  | 'browser'
  | 'os'
  | 'runtime'
  | 'device';

/** Where an error happened. Null for what its sender does not say. */
export type Highlights = { readonly level: string } & Readonly<Record<HighlightName, string | null>>;

/** Returns where an error happened. Names carry versions where they are known. */
export function highlightsOf(error: StoredError): Highlights {
  const { event, level } = error;
  const contexts = objectAt(event, 'contexts');
  const { service, environment, release, url, browser } = facetsOf(error);
  const agent = readUserAgent(userAgentOf(event));
  const device = objectAt(contexts, 'device');
  return {
    level,
    service,
    environment,
    release,
    transaction: textAt(event, 'transaction'),
    url,
    browser: nameWithVersion(objectAt(contexts, 'browser')) ?? joined(agent.browser, agent.browserVersion) ?? browser,
    os:
      nameWithVersion(objectAt(contexts, 'os')) ??
      nameWithVersion(objectAt(contexts, 'client_os')) ??
      joined(agent.os, agent.osVersion),
    runtime: nameWithVersion(objectAt(contexts, 'runtime')),
    device: textAt(device, 'model') ?? textAt(device, 'family'),
  };
}

function nameWithVersion(context: JsonObject): string | null {
  return joined(textAt(context, 'name'), textAt(context, 'version'));
}

function joined(name: string | null, version: string | null): string | null {
  return name === null ? null : [name, version].filter((part) => part !== null).join(' ');
}
