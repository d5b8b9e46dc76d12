import type { EvaluatedAlert } from '../../../src/alerts/routes.ts';

/** How a state is shown. */
export interface ShownStatus {
  readonly className: 'fires' | 'good' | 'quiet' | 'unknown';
  readonly label: string;
  /** The lowest is shown first. */
  readonly rank: number;
}

export function statusOf({ rule, state }: EvaluatedAlert): ShownStatus {
  if (state.status === 'no_data') return { className: 'unknown', label: 'no data', rank: 2 };
  if (state.status === 'ok') return { className: 'quiet', label: 'ok', rank: 3 };
  return rule.isGoodNews === true
    ? { className: 'good', label: 'good news', rank: 1 }
    : { className: 'fires', label: 'firing', rank: 0 };
}
