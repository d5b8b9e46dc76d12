import type { Pipeline } from '@qr/delivery';
import { getIsolationScope } from '@sentry/node';
import type { Core } from '../core.ts';
import type { LaneName } from '../destinations/lanes.ts';
import { defaultScrubber } from '../privacy/index.ts';
import { createGate, type Gate } from './gate.ts';
import { type ErrorBudget, unlimited } from './rate-limit.ts';
import { type RequestState, stateOf } from './request-state.ts';
import { noTraces, type SampleRateOf } from './tracing.ts';

/** What the parts of an instance's error half share. `start` decides it, so that a call only does its work. */
export interface ErrorsState {
  readonly core: Core;
  isOn: boolean;
  /** Decides which errors are sent. */
  budget: ErrorBudget;
  /** Filters what is sent. */
  gate: Gate;
  /** The share of traces that is recorded. */
  sampleRateOf: SampleRateOf;
  /** Returns the request or job that the caller is in. */
  currentRequest: () => RequestState | undefined;
  /** The delivery of errors; `undefined` while error tracking is off. */
  pipeline: Pipeline<LaneName> | undefined;
  /** The pipeline before it was closed, which counts late errors. */
  closed: Pipeline<LaneName> | undefined;
  readonly counters: {
    /** Context, tag and attribute keys that did not leave because the plan does not list them. */
    unplanned_context: number;
    /** Log lines that reached the SDK, and those beyond the limit. */
    logs: { sent: number; dropped_rate: number };
  };
}

export function createState(core: Core): ErrorsState {
  const counters = { unplanned_context: 0, logs: { sent: 0, dropped_rate: 0 } };
  return {
    core,
    isOn: false,
    budget: unlimited,
    gate: createGate({ core, scrubber: defaultScrubber, counters }),
    sampleRateOf: noTraces,
    currentRequest: () => stateOf(getIsolationScope()),
    pipeline: undefined,
    closed: undefined,
    counters,
  };
}
