import Type, { type TObject, type TProperties } from './typebox.ts';

/** Where an event may be sent from. */
export type Surface = 'server' | 'browser';

/** One event of a tracking plan. */
export interface EventDefinition<P extends TProperties = TProperties, S extends Surface = Surface> {
  readonly description: string;
  /** The team that answers for the event's meaning. */
  readonly owner: string;
  readonly surfaces: readonly S[];
  /** Names of the destinations that receive the event; `undefined` stands for the plan's own list. */
  readonly destinations: readonly string[] | undefined;
  readonly schema: TObject<P>;
}

export interface EventOptions<P extends TProperties, S extends Surface> {
  readonly description: string;
  /** The team that answers for the event's meaning. */
  readonly owner: string;
  readonly surfaces: readonly S[];
  /** Names of the destinations that receive the event. @default the plan's `destinations` */
  readonly destinations?: readonly string[];
  readonly properties: P;
}

/** Describes one event. `definePlan` checks it. */
export function event<P extends TProperties, S extends Surface>(options: EventOptions<P, S>): EventDefinition<P, S> {
  const { description, owner, surfaces, destinations, properties } = options;
  return { description, owner, surfaces, destinations, schema: Type.Object(properties) };
}
