import { plan } from '@qr/events';
import { createCore, createInstance } from '@qr/telemetry/internal';

export const core = createCore({ plan });

/** The one instance of this process. */
export const instance = createInstance<typeof plan>(core);

export const { errors } = instance;
