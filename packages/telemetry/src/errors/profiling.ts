import * as Sentry from '@sentry/node';
import type { ErrorsState } from './state.ts';

/** Profiles the process. */
export interface Profiling {
  /**
   * Profiles this process from now on if the draw says so. The profiler is loaded only then: it costs 65 ms, and has no build for every platform.
   *
   * @param rate the share of processes that are profiled, 0 to 1.
   */
  start(rate: number): Promise<void>;
  /** Hands over the last samples. Call it before the SDK is closed, or the last minute is lost. */
  stop(): void;
}

export function createProfiling(state: ErrorsState): Profiling {
  let isRunning = false;
  return {
    async start(rate) {
      if (Math.random() >= rate) return;
      const client = Sentry.getClient<Sentry.NodeClient>();
      try {
        const { nodeProfilingIntegration } = await import('@sentry/profiling-node');
        // Closed while the profiler was loading.
        if (!client || !state.isOn) return;
        // The SDK draws again.
        client.getOptions().profileSessionSampleRate = 1;
        client.addIntegration(nodeProfilingIntegration());
        // By hand: the lifecycle that follows traces costs 1.2 ms a request, and never stops at a rate below 1.
        Sentry.profiler.startProfiler();
        isRunning = true;
      } catch {
        state.core.warnOnce('Profiling is off: @sentry/profiling-node cannot be loaded on this platform.');
      }
    },
    stop() {
      if (!isRunning) return;
      isRunning = false;
      Sentry.profiler.stopProfiler();
    },
  };
}
