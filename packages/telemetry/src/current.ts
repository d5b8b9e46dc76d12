import type { plan } from '@qr/events';
import { core } from './instance.ts';
import { createInstance } from './telemetry.ts';

/** The instance of this process. */
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
