import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CommandContext, CommandError } from '../cli/command.ts';
import { failureOf } from '../cli/http.ts';
import { tableOf } from '../cli/terminal.ts';
import { applicationOriginFor } from '../doctor/checks/residency.ts';
import { originOf } from '../doctor/destinations.ts';
import {
  type ComplianceType,
  createDeletionClient,
  type Deletion,
  type DeletionAccess,
  type DeletionState,
  explainState,
  isFinal,
  readState,
} from './deletion-client.ts';
import { outcomesOf, type PartOutcome } from './outcome.ts';

const outcome = outcomesOf('mixpanel', 'Mixpanel');

/** How the vendor can be asked, or why not. */
export function accessOf({ env }: Pick<CommandContext, 'env'>): DeletionAccess | PartOutcome {
  const [token, oauthToken] = [env['MIXPANEL_TOKEN']?.trim(), env['MIXPANEL_OAUTH_TOKEN']?.trim()];
  if (!token) return outcome('unused', 'MIXPANEL_TOKEN is not set');
  if (!oauthToken)
    return outcome(
      'failed',
      'MIXPANEL_OAUTH_TOKEN is not set, and the API takes nothing else: an owner or admin of the project makes one under Profile & Preferences, Data & Privacy; put it into .env',
    );
  const api = originOf(env['MIXPANEL_API_HOST'] || 'https://api.mixpanel.com');
  const appHost = env['MIXPANEL_APP_HOST']?.trim() || (api && applicationOriginFor(api));
  // An id must not be sent to another region than the data that it stands for.
  if (!appHost)
    return outcome(
      'failed',
      'MIXPANEL_APP_HOST is not set, and MIXPANEL_API_HOST does not tell the region of the project',
    );
  return { appHost, token, oauthToken };
}

/** Whether it is the reason why the vendor cannot be asked. */
export function isReason(access: DeletionAccess | PartOutcome): access is PartOutcome {
  return 'outcome' in access;
}

/** Asks for the deletion of people; what was accepted is written down at once. Asking again makes a request of its own, which does no harm. */
export async function requestDeletion(
  context: CommandContext,
  access: DeletionAccess,
  { people, complianceType }: { readonly people: readonly string[]; readonly complianceType: ComplianceType },
): Promise<{ readonly outcomes: readonly PartOutcome[]; readonly deletions: readonly Deletion[] }> {
  const deletions: Deletion[] = [];
  const requestedAt = new Date(context.now()).toISOString();
  try {
    await createDeletionClient(context, access).request(people, complianceType, async (deletion) => {
      deletions.push(deletion);
      await writeTracked(context.root, [{ ...deletion, complianceType, requestedAt }]).catch((error: unknown) =>
        context.note(`${TRACKING_FILE} cannot be written (${failureOf(error)}): note ${deletion.trackingId} yourself.`),
      );
    });
    return { outcomes: deletions.map(accepted), deletions };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const reason = error.message.replace(/^Mixpanel: /, '').replace(/\.$/, '');
    return { outcomes: [...deletions.map(accepted), outcome('failed', reason)], deletions };
  }
}

function accepted({ trackingId, state }: Deletion): PartOutcome {
  return outcome('done', `asked under the tracking id ${trackingId}: ${explainState(state)}`);
}

/** How far a deletion is. */
interface DeletionStatus {
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
  );
}

function describe({ trackingId, state, people, requestedAt }: TrackedDeletion): DeletionStatus {
  return { trackingId, state, people, requestedAt };
}

/** Below the root. Numbers only: a list of those who asked to be forgotten would remember them. */
export const TRACKING_FILE = '.data/forget.json';

/** A deletion that Mixpanel was asked for. */
interface TrackedDeletion {
  readonly trackingId: string;
  readonly people: number;
  readonly complianceType: ComplianceType;
  /** ISO 8601. */
  readonly requestedAt: string;
  /** When Mixpanel was last asked. */
  readonly state: DeletionState;
}

/** @throws CommandError when there is a file that cannot be read: writing over it would lose numbers. */
export async function readTracked(root: string): Promise<TrackedDeletion[]> {
  const file = join(root, TRACKING_FILE);
  try {
    const { deletions } = JSON.parse(await readFile(file, 'utf8')) as { deletions: unknown };
    if (!Array.isArray(deletions) || !deletions.every(isTracked)) throw new Error('expected a list of deletions');
    return deletions.map((each) => ({ ...each, state: readState(each.state) }));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CommandError(`${file} cannot be read: repair it, or move it away and keep its tracking ids.`, { cause });
  }
}

/** Adds deletions, or replaces those of the same number. */
async function writeTracked(root: string, changed: readonly TrackedDeletion[]): Promise<void> {
  const known = await readTracked(root);
  const ids = new Set(changed.map(({ trackingId }) => trackingId));
  const deletions = [...known.filter(({ trackingId }) => !ids.has(trackingId)), ...changed];
  const file = join(root, TRACKING_FILE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.tmp`, `${JSON.stringify({ deletions }, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.tmp`, file);
}

function isTracked(value: unknown): value is TrackedDeletion {
  return typeof value === 'object' && value !== null && 'trackingId' in value && typeof value.trackingId === 'string';
}
