import type { AlertState } from './state.ts';

/** What became different between two evaluations, and is worth a message. */
export interface AlertChange {
  readonly kind: 'started' | 'stopped' | 'lost_data';
  /** Absent when the rule was seen for the first time. */
  readonly before?: AlertState;
  readonly after: AlertState;
}

/**
 * Which rules began or ended to fire, or lost their data. Of a rule that is seen for the first time only firing counts; what stays as it was is told
 * once; data that comes back, and is as it should be, needs nobody.
 */
export function changesOf(before: readonly AlertState[], after: readonly AlertState[]): AlertChange[] {
  const known = new Map(before.map((state) => [state.rule, state]));
  return after.flatMap((state) => {
    const earlier = known.get(state.rule);
    const kind = kindOf(earlier, state);
    if (kind === undefined) return [];
    return [{ kind, ...(earlier !== undefined && { before: earlier }), after: state }];
  });
}

function kindOf(before: AlertState | undefined, { status }: AlertState): AlertChange['kind'] | undefined {
  if (before?.status === status) return undefined;
  if (status === 'firing') return 'started';
  if (status === 'no_data') return before === undefined ? undefined : 'lost_data';
  return before?.status === 'firing' ? 'stopped' : undefined;
}
