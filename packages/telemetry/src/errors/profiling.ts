import * as Sentry from '@sentry/node';
import { core } from '../instance.ts';
import { sentryState } from './state.ts';

let isRunning = false;

/**
 * Profiles this process from now on if the draw says so. The profiler is loaded only then: it costs 65 ms, and has no build for every platform.
 *
 * @param rate the share of processes that are profiled, 0 to 1.
 */
export async function startProfiling(rate: number): Promise<void> {
  if (Math.random() >= rate) return;
  const client = Sentry.getClient<Sentry.NodeClient>();
  try {
    const { nodeProfilingIntegration } = await import('@sentry/profiling-node');
    // Closed while the profiler was loading.
    if (!client || !sentryState.isOn) return;
    // The SDK draws again: it was drawn already.
    client.getOptions().profileSessionSampleRate = 1;
    client.addIntegration(nodeProfilingIntegration());
    // By hand: the lifecycle that follows traces costs 1.2 ms a request, and never stops at a rate below 1.
    Sentry.profiler.startProfiler();
    isRunning = true;
  } catch {
    core.warnOnce('Profiling is off: @sentry/profiling-node cannot be loaded on this platform.');
  }
}

/** Hands over what was not yet sent. Before the SDK is closed, or the last minute is lost. */
export function stopProfiling(): void {
  if (!isRunning) return;
  isRunning = false;
  Sentry.profiler.stopProfiler();
}
