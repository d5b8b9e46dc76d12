import { getDefaultIsolationScope, type Scope } from '@sentry/core';
import { getActiveSpan, getCurrentScope } from '@sentry/node';

/** The trace in which the caller runs; `undefined` outside of any isolation scope, where the SDK's id would be that of the process. */
export function traceIdIn(isolationScope: Scope): string | undefined {
  if (isolationScope === getDefaultIsolationScope()) return undefined;
  return getActiveSpan()?.spanContext().traceId ?? getCurrentScope().getPropagationContext().traceId;
}
