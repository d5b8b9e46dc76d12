import { createErrors } from './errors/errors.ts';
import { core } from './instance.ts';

/** The error half of the one instance of this process. */
export const errors = createErrors(core);

export const {
  addBreadcrumb,
  captureException,
  captureMessage,
  isOn: isSentryOn,
  setUserContext,
  start: initializeSentry,
  withJobContext,
} = errors;
