import { CommandError } from '../cli/command-error.ts';
import type { CommandContext } from '../cli/context.ts';
import { tableOf } from '../cli/table.ts';
import { accessOf, isReason } from './mixpanel.ts';
import { createDeletionClient } from './mixpanel-deletions.ts';
import { type DeletionState, explainState, isFinal } from './states.ts';
import { readTracked, TRACKING_FILE, type TrackedDeletion, writeTracked } from './tracking-file.ts';

/** How far a deletion is. */
export interface DeletionStatus {
  readonly trackingId: string;
  readonly state: DeletionState;
  /** `null` when the request was made elsewhere, by a service or by another machine. */
  readonly people: number | null;
  readonly requestedAt: string | null;
}

/**
 * Asks Mixpanel how far a deletion is, or all that were asked for here and are not over.
 *
 * @throws CommandError when it cannot be asked.
 */
export async function deletionStates(
  context: CommandContext,
  trackingId: string | undefined,
): Promise<DeletionStatus[]> {
  const tracked = await readTracked(context.root);
  const access = accessOf(context);
  if (trackingId === undefined && tracked.every(({ state }) => isFinal(state))) return tracked.map(describe);
  if (isReason(access)) throw new CommandError(`Mixpanel cannot be asked: ${access.detail}.`);
  const client = createDeletionClient(context, access);
  const open = tracked.filter(({ state }) => !isFinal(state));
  const changed: TrackedDeletion[] = [];
  if (trackingId !== undefined) {
    const state = await client.stateOf(trackingId);
    const known = tracked.find((each) => each.trackingId === trackingId);
    if (!known) return [{ trackingId, state, people: null, requestedAt: null }];
    changed.push({ ...known, state });
  } else {
    if (open.length > 1) context.note(`Asking for ${open.length} deletions, one a second ...`);
    for (const each of open) changed.push({ ...each, state: await client.stateOf(each.trackingId) });
  }
  await writeTracked(context.root, changed);
  const latest = (each: TrackedDeletion) => changed.find((other) => other.trackingId === each.trackingId) ?? each;
  return (trackingId === undefined ? tracked.map(latest) : changed).map(describe);
}

/** The states for people. */
export function stateLines(statuses: readonly DeletionStatus[]): string[] {
  if (statuses.length === 0) return [`No deletion was asked for on this machine: ${TRACKING_FILE} has none.`];
  return tableOf(
    statuses.map(({ trackingId, state, requestedAt }) => [
      trackingId,
      requestedAt?.slice(0, 10) ?? '',
      state,
      explainState(state),
    ]),
    ['left', 'left', 'left', 'left'],
  );
}

function describe({ trackingId, state, people, requestedAt }: TrackedDeletion): DeletionStatus {
  return { trackingId, state, people, requestedAt };
}
