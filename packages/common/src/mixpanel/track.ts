import type { PropertiesArgument, ServerEventName, ServerProfile, ServerProperties } from '@qr/events';
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
  /** Under what id the person was seen before, such as a `visitorId(request)`: both are one person from now on. */
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
    return options?.anonymousId;
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
