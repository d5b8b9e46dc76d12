import type { Plant } from './contents.ts';
import { eventCalls } from './event-calls.ts';
import { otherCalls } from './other-calls.ts';
import { telemetryCalls } from './telemetry-calls.ts';

/** How each function of the SDK is called that takes anything from its caller. Of objects of functions: `metrics.count`. */
export const sdkCalls: Readonly<Record<string, Plant>> = { ...eventCalls, ...telemetryCalls, ...otherCalls };
