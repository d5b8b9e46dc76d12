import type {
  BrowserEventNameOf,
  BrowserProfileOf,
  BrowserPropertiesOf,
  ServerEventNameOf,
  ServerProfileOf,
  ServerPropertiesOf,
} from '@qr/plan';
import type { plan } from './plan.ts';

type PlatformPlan = typeof plan;

/** Names of the events that a backend service may send. */
export type ServerEventName = ServerEventNameOf<PlatformPlan>;
/** Names of the events that the app may send. */
export type BrowserEventName = BrowserEventNameOf<PlatformPlan>;
/** Properties that a backend service passes along with an event. */
export type ServerProperties<N extends ServerEventName> = ServerPropertiesOf<PlatformPlan, N>;
/** Properties that the app passes along with an event. */
export type BrowserProperties<N extends BrowserEventName> = BrowserPropertiesOf<PlatformPlan, N>;
/** Profile properties that a backend service may set. */
export type ServerProfile = ServerProfileOf<PlatformPlan>;
/** Profile properties that the app may set. */
export type BrowserProfile = BrowserProfileOf<PlatformPlan>;
