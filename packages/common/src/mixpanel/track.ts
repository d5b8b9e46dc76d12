import type { PropertiesArgument, ServerEventName, ServerProfile, ServerProperties } from '@qr/events';
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

/**
 * Records what is known of a person. Personal fields are hashed or dropped as the plan says.
 *
 * @param properties profile properties of the tracking plan.
 */
export function identifyUser(userId: string, properties: ServerProfile = {}): void {
  runtime.tracker.profile(userId, { $set: properties });
}

/** What {@link trackRevenue} takes beside the amount. */
export type RevenueProperties = Partial<Omit<ServerProperties<'revenue'>, 'amount'>>;

/**
 * Records money as a `revenue` event.
 *
 * @param amount in units of the currency; negative is a refund. `NaN` and infinities are refused and counted.
 * @param properties `currency` is an ISO 4217 code, USD when left out.
 */
export function trackRevenue(userId: string, amount: number, properties: RevenueProperties = {}): void {
  if (!Number.isFinite(amount)) {
    runtime.pipeline?.counters('import').drop('invalid_record');
    return;
  }
  runtime.tracker.event('revenue', userId, { currency: 'USD', ...properties, amount });
}
