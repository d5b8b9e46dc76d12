export type { Plan, PlanDefinition } from './define-plan.ts';
export { definePlan } from './define-plan.ts';
export type { EventDefinition, EventOptions, Surface } from './event.ts';
export { event } from './event.ts';
export type { Classified, PrivacyClass } from './privacy.ts';
export {
  drop,
  hash,
  isId,
  isPerson,
  person,
  personKeys,
  privacyOf,
  reasonOf,
  sentName,
  url,
  verbatim,
} from './privacy.ts';
export type {
  BrowserEventNameOf,
  BrowserProfileOf,
  BrowserPropertiesOf,
  PropertiesArgument,
  ServerEventNameOf,
  ServerProfileOf,
  ServerPropertiesOf,
  TypedPlan,
} from './types.ts';
