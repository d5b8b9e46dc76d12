/** The error half of this process: decided once by `initializeSentry`. */
export const sentryState = {
  isOn: false,
  /** From 0 to 1; 0 also when tracing is off. */
  tracesSampleRate: 0,
};
