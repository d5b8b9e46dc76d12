import { type Shipper, startShipper as startShipperOf } from '@qr/delivery';
import { mixpanelSettings } from './analytics/initialize.ts';
import type { Core } from './core.ts';
import { mixpanelLanes } from './destinations/lanes.ts';
import { createMixpanelHttpTransport, DEFAULT_API_HOST } from './destinations/mixpanel.ts';
import { redisPrefixOf } from './settings/redis-prefix.ts';

/** What {@link startShipper} takes; the rest comes from the environment. */
export interface StartShipperOptions {
  /** Batches under way at once, a lane. @default 4 */
  readonly concurrency?: number;
  /** Kept over all shippers of a Redis. @default 30_000, the vendor's limit for a project */
  readonly maxEventsPerSecond?: number;
}

/**
 * Delivers to Mixpanel what other processes have put into the queue at `OBSERVABILITY_REDIS_URL`. Any number of processes may do so at once.
 *
 * @throws Error when `OBSERVABILITY_REDIS_URL` or `MIXPANEL_TOKEN` is missing, or a variable that says how Mixpanel or the queue is reached is malformed:
 * such a shipper would ship nothing, silently.
 */
export function startShipper(core: Core, options: StartShipperOptions = {}): Promise<Shipper> {
  const settings = core.readSettings();
  const { config, problems } = settings;
  const { OBSERVABILITY_REDIS_URL: redisUrl, MIXPANEL_TOKEN: token } = config;
  if (redisUrl === undefined || token === undefined) {
    const missing = redisUrl === undefined ? 'OBSERVABILITY_REDIS_URL' : 'MIXPANEL_TOKEN';
    throw new Error(problems.get(missing) ?? `startShipper needs ${missing}, which is not set.`);
  }
  // The queue of another environment must not be shipped because of a slip of the pen.
  const problem = problems.get('OBSERVABILITY_REDIS_PREFIX');
  if (problem !== undefined) throw new Error(problem);
  const project = mixpanelSettings(token, settings);
  if ('problem' in project) throw new Error(`startShipper cannot reach Mixpanel: ${project.problem}`);
  const { import: events, engage, groups } = mixpanelLanes;
  return startShipperOf({
    ...options,
    lanes: { import: events, engage, groups },
    redisUrl,
    prefix: redisPrefixOf(config),
    transport: createMixpanelHttpTransport({ apiHost: DEFAULT_API_HOST, ...project, warn: core.warnOnce }),
    warn: core.warnOnce,
  });
}
