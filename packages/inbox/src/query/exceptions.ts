import { listAt, objectAt, textAt } from '../sentry/fields.ts';
import { framesOf, mainException } from '../sentry/grouping.ts';
import type { JsonObject } from '../store/records.ts';

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
