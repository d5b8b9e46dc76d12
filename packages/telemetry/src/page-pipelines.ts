import type { Pipeline } from '@qr/delivery';
import type { LaneName } from './destinations/lanes.ts';

/** Of this process, those that deliver what pages left behind: one for each tunnel. Who is to be forgotten is so in them, too. */
export const pagePipelines = new Set<Pipeline<LaneName>>();
