import { plan } from '@qr/events';
import { createCore } from './core.ts';
import { createInstance } from './telemetry.ts';

export const core = createCore({ plan });

/** The one instance of this process. */
export const instance = createInstance<typeof plan>(core);

export const { errors } = instance;
export const {
  addBreadcrumb,
  captureException,
  captureMessage,
  isOn: isSentryOn,
  setUserContext,
  start: initializeSentry,
  withJobContext,
} = errors;
