import type { SentryPath } from '../sentry-api/exchange.ts';
import type { SentryApi } from '../sentry-api/sentry-api.ts';
import type { ObjectKind, PlanItem, Verdict } from './plan.ts';

/** A line of a plan, and how to do it. */
export interface Step {
  readonly item: PlanItem;
  /** Creates, changes or deletes; resolves with the object's id. Called for these verdicts only, in the order of the plan. */
  readonly perform: () => Promise<string>;
}

/** How to delete what is no longer in the file. @param fullName as the vendor has it. */
export function goneStep(api: SentryApi, kind: ObjectKind, id: string, fullName: string, path: SentryPath): Step {
  return {
    item: { kind, name: fullName, id, verdict: 'gone', changes: [] },
    perform: () => api.remove(path).then(() => id),
  };
}

type Deed = 'created' | 'changed' | 'deleted' | 'unchanged' | 'left alone';

/** What became of a line of the plan. */
export interface AppliedItem extends PlanItem {
  readonly deed: Deed;
}

const DEEDS: Readonly<Record<Verdict, Deed>> = {
  create: 'created',
  change: 'changed',
  gone: 'deleted',
  unchanged: 'unchanged',
  not_ours: 'left alone',
  ambiguous: 'left alone',
  blocked: 'left alone',
};

/** Does what a plan says, in its order. @param onDone told after each deed: should a later one fail, it is known how far this came. */
export async function applySteps(
  steps: readonly Step[],
  { prune }: { readonly prune: boolean },
  onDone: (item: AppliedItem) => void,
): Promise<readonly AppliedItem[]> {
  const applied: AppliedItem[] = [];
  for (const { item, perform } of steps) {
    const deed = item.verdict === 'gone' && !prune ? 'left alone' : DEEDS[item.verdict];
    const isWork = deed === 'created' || deed === 'changed' || deed === 'deleted';
    const done = { ...item, deed, ...(isWork ? { id: await perform() } : {}) };
    if (isWork) onDone(done);
    applied.push(done);
  }
  return applied;
}
