import { getDefaultIsolationScope } from '@sentry/core';
import { getActiveSpan, getCurrentScope, getIsolationScope } from '@sentry/node';
import { sentryState } from './state.ts';

/** The trace in which the caller runs; `undefined` outside a request or job, where the SDK's id would be that of the process. */
export function currentTraceId(): string | undefined {
  if (!sentryState.isOn || getIsolationScope() === getDefaultIsolationScope()) return undefined;
  return getActiveSpan()?.spanContext().traceId ?? getCurrentScope().getPropagationContext().traceId;
}
