import type { ThrownFacts } from '@qr/telemetry/privacy';
import { methods } from './page-state.ts';

/** Causes of causes that are read; a chain may be a circle. */
const MAX_DEPTH = 3;

/**
 * Reads what can be read of a thrown value, whatever it is: an error object has no JSON of its own, and one of another window (an iframe) is no
 * `Error` here. Never throws. `describeThrown` makes a name and a message of it.
 */
export function factsOf(thrown: unknown, depth = MAX_DEPTH): ThrownFacts {
  try {
    const object = Object(thrown);
    const { name, message, stack, code, status, statusText, url, cause, errors } = object;
    return {
      name,
      message: object === thrown ? message : String(thrown),
      stack,
      code,
      keys: Object.keys(object),
      status,
      statusText,
      url,
      method: methods.get(object),
      ...(depth && {
        cause: cause == null ? undefined : factsOf(cause, depth - 1),
        errors: errors?.slice?.(0, 5).map?.((each: unknown) => factsOf(each, depth - 1)),
      }),
    };
  } catch {
    return { message: 'Unreadable error' };
  }
}

/** Returns a copy, because what the caller does with an object later is no part of the call. Empty when a getter of it throws. */
export function copyOf(object: object | undefined): Record<string, unknown> {
  try {
    return { ...object };
  } catch {
    return {};
  }
}
