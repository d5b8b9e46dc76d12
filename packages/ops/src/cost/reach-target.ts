import { mixpanelCosts } from './mixpanel-cost.ts';
import { cheapest } from './plan-cost.ts';
import { sentryCosts } from './sentry-cost.ts';
import type { Volume } from './volume.ts';

/** What may be sent less of, in the order in which it is given up: what is missed least comes first. */
export type Knob = 'spans' | 'replays' | 'errors' | 'events';

const KNOBS: readonly Knob[] = ['spans', 'replays', 'errors', 'events'];

/** The share of a volume that is still to be sent. */
export interface Turn {
  readonly knob: Knob;
  /** Between 0 and 1. */
  readonly share: number;
}

/** US dollars a month on the cheapest plans that take the volume. */
export function totalCost(volume: Volume): number {
  return (cheapest(mixpanelCosts(volume))?.usd ?? 0) + (cheapest(sentryCosts(volume))?.usd ?? 0);
}

/** Which knobs bring the cost under a target, each turned no further than it must be; empty when nothing has to change. */
export function reachTarget(volume: Volume, targetUsd: number): { readonly turns: Turn[]; readonly volume: Volume } {
  const turns: Turn[] = [];
  let current = volume;
  for (const knob of KNOBS) {
    if (totalCost(current) <= targetUsd) break;
    const base = current;
    const at = (share: number): Volume => ({ ...base, [knob]: Math.floor(base[knob] * share) });
    // Where this knob alone is not enough it still goes as far as it saves anything.
    const limit = Math.max(targetUsd, totalCost(at(0)));
    const share = largestShare((candidate) => totalCost(at(candidate)) <= limit);
    if (share === 1) continue;
    turns.push({ knob, share });
    current = at(share);
  }
  return { turns, volume: current };
}

/** Halves of the interval until the shares differ by less than any setting shows. */
const HALVINGS = 40;

function largestShare(isEnough: (share: number) => boolean): number {
  if (isEnough(1)) return 1;
  let [low, high] = [0, 1];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (isEnough(middle)) low = middle;
    else high = middle;
  }
  return low;
}
