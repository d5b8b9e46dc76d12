import {
  internals,
  readObservabilityConfig,
  redisPrefixOf,
  type TelemetryHandle,
  toTimeLimit,
} from '@qr/telemetry/internal';

/** What {@link startSchedule} takes. */
export interface ScheduleOptions {
  /** What warns when Redis is away. */
  readonly telemetry: TelemetryHandle;
  /** Lower-case letters and dashes; instances that share the work share the name. */
  readonly name: string;
  readonly everyMs: number;
  /** Tells of its own failures; what it throws all the same is ignored, and the next run comes as always. */
  readonly run: () => Promise<void>;
}

/** Ends a schedule; resolves when no run is under way in this process. */
export type StopSchedule = () => Promise<void>;

/**
 * Runs something now and then, from now on, one run at a time. With `OBSERVABILITY_REDIS_URL` all processes that name the same schedule share
 * it, so that each run happens in one of them; the run of a process that is killed is done again by another within half a minute. While Redis
 * is away nothing runs. Without the variable the process runs it by itself.
 */
export function startSchedule({ telemetry, name, everyMs, run }: ScheduleOptions): StopSchedule {
  const { warnOnce } = telemetry[internals].core;
  const { config } = readObservabilityConfig();
  const { OBSERVABILITY_REDIS_URL: redisUrl } = config;
  const runSafely = async () => {
    await run().catch(() => {});
  };
  if (redisUrl === undefined) return startTimer(everyMs, runSafely);
  // BullMQ and its client take 0.3 s to load: only a process that shares its work pays for it.
  const prefix = redisPrefixOf(config);
  const shared = import('./shared-schedule.ts')
    .then(({ shareSchedule }) => shareSchedule({ name, everyMs, run: runSafely, redisUrl, prefix, warnOnce }))
    .catch((error: unknown) => {
      warnOnce(`The schedule "${name}" could not be started: ${String(error)}. Nothing runs.`);
    });
  return async () => (await shared)?.();
}

/** For an interval that is no number: a timer of Node would take it for a millisecond. */
const DEFAULT_INTERVAL_MS = 60_000;

function startTimer(everyMs: number, run: () => Promise<void>): StopSchedule {
  let running: Promise<void> | undefined;
  const runOnce = () => {
    running ??= run().finally(() => {
      running = undefined;
    });
  };
  runOnce();
  const timer = setInterval(runOnce, toTimeLimit(everyMs, DEFAULT_INTERVAL_MS)).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
