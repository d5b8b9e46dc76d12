import type { Fault } from './fault.ts';

/** Whether a partial failure takes the record at this place of a request. */
export function isRefusedOnDemand(fault: Fault | null, index: number): boolean {
  return fault?.kind === 'partial' && index % fault.failEvery === 0;
}
