import { plan } from '@qr/events';
import { createCore } from './core.ts';

/** The one instance of this process. */
export const core = createCore({ plan });
