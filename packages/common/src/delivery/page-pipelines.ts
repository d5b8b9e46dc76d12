import type { Pipeline } from './pipeline.ts';

/** Of this process, those that deliver what pages left behind: one for each tunnel. Who is to be forgotten is so in them, too. */
export const pagePipelines = new Set<Pipeline>();
