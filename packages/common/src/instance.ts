import { plan } from '@qr/events';
import { createCore, createInstance } from '@qr/telemetry/internal';
import { originVariables } from './origin-variables.ts';

export const core = createCore({
  plan,
  // The trace goes on in requests to the platform's own services.
  traceOrigins: () => originVariables.flatMap((name) => process.env[name]?.split(',') ?? []),
});

/** The one instance of this process. */
export const instance = createInstance<typeof plan>(core);

export const { errors } = instance;
