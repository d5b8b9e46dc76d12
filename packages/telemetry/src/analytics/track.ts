import type { ServerEventName, ServerProfile, ServerProperties } from '@qr/events';
import type { PropertiesArgument } from '@qr/plan';
import type { RevenueProperties } from './revenue.ts';
import { runtime } from './runtime.ts';

/**
 * Records that something happened. Synchronous, never throws, never waits.
 *
 * @param name an event of the tracking plan.
 * @param userId who did it: the account's id, a `visitorId(request)`, or an empty string for nobody.
 * @param properties what the plan lists for this event; anything else is left out and counted.
 */
export function trackEvent<N extends ServerEventName>(
  name: N,
  userId: string,
  ...[properties]: PropertiesArgument<ServerProperties<N>>
): void {
  runtime.tracker.event(name, userId, properties);
}

/** What {@link identifyUser} takes beside the profile. */
export interface IdentifyOptions {
  /**
   * The id under which the user was seen before, such as a `visitorId(request)`. Mixpanel treats both as one user from then on; that is sent
   * once per pair of ids and process.
   */
  readonly anonymousId?: string;
}

/**
 * Records what is known of a person. Personal fields are hashed or dropped as the plan says.
 *
 * @param properties profile properties of the tracking plan.
 */
export function identifyUser(userId: string, properties: ServerProfile = {}, options: IdentifyOptions = {}): void {
  const anonymousId = anonymousIdOf(options);
  if (anonymousId !== undefined) runtime.tracker.merge(userId, anonymousId);
  runtime.tracker.profile(userId, { $set: properties });
}

/** What a caller without types passes may be `null`, or throw when it is looked at. */
function anonymousIdOf(options: IdentifyOptions | null): string | undefined {
  try {
    return options?.anonymousId ?? undefined;
  } catch {
    return undefined;
  }
}

/**
 * Records money as a `revenue` event.
 *
 * @param amount in units of the currency; negative is a refund. `NaN` and infinities are refused and counted.
 * @param properties `currency` is an ISO 4217 code, USD when left out; an unknown one is refused and counted.
 */
export function trackRevenue(userId: string, amount: number, properties: RevenueProperties = {}): void {
  runtime.tracker.revenue(userId, amount, properties);
}
