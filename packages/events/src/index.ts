export type { ContextKey } from './context.ts';
export { plan } from './plan.ts';
export { planPaths } from './plan-paths.ts';
export type {
  BrowserEventName,
  BrowserProfile,
  BrowserProperties,
  ServerEventName,
  ServerProfile,
  ServerProperties,
} from './types.ts';
export { BROWSERS, isQrId, planName } from './vocabulary.ts';
