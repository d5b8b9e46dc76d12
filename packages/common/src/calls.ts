import type { plan } from '@qr/events';
import {
  openRequestContext as openContext,
  type RequestContext,
  type RequestDescription,
  withRequestContext as withContext,
} from '@qr/server/request-context';
import { createVisitorId, type VisitorId } from '@qr/server/visitor-id';
import type { AnalyticsCalls, Lifecycle } from '@qr/telemetry';
import {
  type InitializeMixpanelOptions,
  type RevenuePropertiesOf,
  type StartShipperOptions,
  startShipper as startShipperOf,
} from '@qr/telemetry/internal';
import type { Mixpanel } from 'mixpanel';
import { instance } from './instance.ts';

// By name: without it the declaration of each call repeats the whole plan.
type Calls = AnalyticsCalls<typeof plan> & Lifecycle;

export const trackEvent: Calls['trackEvent'] = instance.trackEvent;
export const identifyUser: Calls['identifyUser'] = instance.identifyUser;
export const trackRevenue: Calls['trackRevenue'] = instance.trackRevenue;
export const forgetUser: Calls['forgetUser'] = instance.forgetUser;
export const flushObservability: Calls['flush'] = instance.flush;
export const observabilityStats: Calls['stats'] = instance.stats;
export const { getMixpanel } = instance;
export const { hashEmail, sentIdOf } = instance.core.people;
export const {
  addBreadcrumb,
  captureException,
  captureMessage,
  setUserContext,
  start: initializeSentry,
  withJobContext,
} = instance.errors;

/** What `trackRevenue` takes beside the amount. */
export type RevenueProperties = RevenuePropertiesOf<typeof plan>;

/** The official client of this process once {@link initializeMixpanel} ran with a token, `null` before. */
export let mixpanel: Mixpanel | null = null;

/**
 * Turns analytics on for this process. Idempotent: with other arguments, a second call is ignored with a warning. Never throws.
 *
 * @param token the project token; `MIXPANEL_TOKEN` when left out. Without a token and without `ANALYTICS_URL` one warning is printed and every
 * analytics call does nothing. So it is when a setting that they need is malformed: none is replaced by a default.
 * @returns the official client, its requests carried by our delivery; `null` without a token.
 */
export function initializeMixpanel(token?: string, options?: InitializeMixpanelOptions): Mixpanel | null {
  mixpanel = instance.initializeMixpanel(token, options);
  return mixpanel;
}

/** Sends what waits, then turns both halves off; see `close` of the instance. @param timeoutMs `Infinity` for no limit. @default 2000 */
export async function closeObservability(timeoutMs?: number): Promise<void> {
  await instance.close(timeoutMs);
  mixpanel = null;
}

/**
 * Delivers to Mixpanel what other processes have put into the queue at `OBSERVABILITY_REDIS_URL`. Any number of processes may do so at once.
 *
 * @throws Error when a variable that it needs is missing or malformed.
 */
export function startShipper(options?: StartShipperOptions): ReturnType<typeof startShipperOf> {
  return startShipperOf(instance.core, options);
}

/** Returns the id of an anonymous visitor, which changes at midnight UTC: see {@link VisitorId}. */
export const visitorId: VisitorId = createVisitorId(instance);

/** Opens the context of a request of any framework: see `@qr/server/request-context`. */
export function openRequestContext(request: RequestDescription): RequestContext {
  return openContext(instance, request);
}

/** Runs a function in the context of a request that ends with it: see `@qr/server/request-context`. */
export function withRequestContext<T>(request: RequestDescription, fn: (context: RequestContext) => T): T {
  return withContext(instance, request, fn);
}
