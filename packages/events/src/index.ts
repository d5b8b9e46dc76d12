export type { ContextKey } from './context.ts';
export { contextKeys } from './context.ts';
export type { Plan } from './define-plan.ts';
export { definePlan } from './define-plan.ts';
export type { Destination, EventDefinition, EventOptions, Owner, Surface } from './event.ts';
export { event } from './event.ts';
export { personKeys } from './person-keys.ts';
export { plan } from './plan.ts';
export type { Classified, PrivacyClass } from './privacy.ts';
export { drop, hash, isId, isPerson, person, privacyOf, reasonOf, sentName, url, verbatim } from './privacy.ts';
export type {
  BrowserEventName,
  BrowserProfile,
  BrowserProperties,
  PropertiesArgument,
  ServerEventName,
  ServerProfile,
  ServerProperties,
} from './types.ts';
export { BROWSERS, isQrId } from './vocabulary.ts';
