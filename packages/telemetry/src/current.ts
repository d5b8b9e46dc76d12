import type { plan } from '@qr/events';
import { core } from './instance.ts';
import { createInstance } from './telemetry.ts';

/** The instance of this process. */
export const instance = createInstance<typeof plan>(core);
