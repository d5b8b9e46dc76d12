import { describeThrown, type ThrownFacts } from '@qr/telemetry/privacy';
import type { ExceptionCall } from '../eager/sentry.ts';

/**
 * The error for the SDK. It reads error objects itself; anything else that was thrown, or stands among the causes, becomes an error of what is known of
 * it, so that an error looks the same whichever way it takes.
 */
export function errorOf({ error, facts }: Pick<ExceptionCall, 'error' | 'facts'>): unknown {
  try {
    if (isReadable(error)) return error;
  } catch {
    // A getter refused: what is known of it was read before.
  }
  return errorFrom(facts);
}

/** Whether an error and all behind it are error objects of texts; of an endless chain the beginning counts. */
function isReadable(error: unknown, depth = 5): boolean {
  if (!(error instanceof Error)) return false;
  const { name, message, stack = '', cause, errors } = error as Error & ThrownFacts;
  if ([name, message, stack].some((text) => typeof text !== 'string')) return false;
  const members: readonly unknown[] = Array.isArray(errors) ? errors : [];
  return depth === 0 || [...(cause == null ? [] : [cause]), ...members].every((each) => isReadable(each, depth - 1));
}

function errorFrom(facts: ThrownFacts): Error {
  const { stack, cause, errors } = facts;
  const { type, value } = describeThrown(facts, location.href);
  const members = Array.isArray(errors) && { errors: errors.map(errorFrom) };
  return Object.assign(new Error(value, cause ? { cause: errorFrom(cause) } : {}), {
    name: type,
    stack: typeof stack === 'string' ? stack : '',
    ...members,
  });
}
