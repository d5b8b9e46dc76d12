import Type, { type TObject, type TProperties } from 'typebox';

/** Where an event may be sent from. */
export type Surface = 'server' | 'browser';

/** Who receives an event: the vendor, or the platform's own analytics-service for owner-facing statistics. */
export type Destination = 'mixpanel' | 'analytics';

/** The team that answers for an event's meaning. */
export type Owner = 'growth' | 'product' | 'platform';

/** One event of the tracking plan. */
export interface EventDefinition<P extends TProperties = TProperties, S extends Surface = Surface> {
  readonly description: string;
  readonly owner: Owner;
  readonly surfaces: readonly S[];
  readonly destinations: readonly Destination[];
  readonly schema: TObject<P>;
}

/** What {@link event} takes. */
export interface EventOptions<P extends TProperties, S extends Surface> {
  readonly description: string;
  readonly owner: Owner;
  readonly surfaces: readonly S[];
  /** @default ['mixpanel'] */
  readonly destinations?: readonly Destination[];
  readonly properties: P;
}

/** Describes one event. */
export function event<P extends TProperties, S extends Surface>(options: EventOptions<P, S>): EventDefinition<P, S> {
  const { description, owner, surfaces, destinations = ['mixpanel'], properties } = options;
  return { description, owner, surfaces, destinations, schema: Type.Object(properties) };
}
