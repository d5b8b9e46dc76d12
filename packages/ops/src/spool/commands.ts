import {
  type LaneName,
  laneNames,
  type PurgeCounts,
  type PurgeSelection,
  planPurge,
  purgeSpool,
  type SpoolRoot,
} from '@qr/telemetry/operations';
import type { Command } from 'commander';
import { addCommand, addGroup, CommandError, type CommandOptions, exitCodes, type Outcome } from '../cli/command.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { countOf } from '../cli/terminal.ts';
import { locateSpools, noSpoolLine } from './locate.ts';
import { deadGroupsOf, deadLines, planReplay, replay, replayLines } from './rejected.ts';
import { corruptedLines, corruptedOf, statusLines, statusOf } from './status.ts';

interface Place {
  readonly dir?: string;
}

interface Filter extends Place {
  readonly lane?: string;
  readonly reason?: string;
}

/** `qr-obs spool`: what waits for delivery on this machine, and what was rejected. */
export const addSpoolCommands: CommandGroup = (program, context) => {
  const group = addGroup(program, 'spool', 'Shows and tends what waits for delivery, and what was rejected');

  addSpoolCommand<Place>('status', {
    summary: 'Show what waits and what was rejected, by service and lane',
    details: [
      'UNSEALED counts records that a process is still gathering, DEAD those that a receiver has rejected. Corrupted files cannot be read and were set',
      'aside; unknown files are of another version or lane, or no files.',
    ].join(' '),
    examples: ['qr-obs spool status', 'qr-obs spool status --dir /var/lib/qr/spool --json'],
    run: async (found) => {
      const spools = await Promise.all(found.map((spool) => statusOf(spool, context.now())));
      return { result: { spools }, lines: statusLines(spools) };
    },
  });

  addSpoolCommand<Filter & { showRecords?: boolean }>('dead', {
    summary: 'Say why records were rejected',
    details: 'Shows names and types of one record for each reason, and no values unless they are asked for.',
    examples: ['qr-obs spool dead', 'qr-obs spool dead --lane import --show-records'],
    run: async (found, { lane, reason, showRecords = false }) => {
      const filter = { lane: readLane(lane), reason };
      const plan = await (await context.config()).loadPlan();
      const shown = { showRecords, eventNames: new Set(Object.keys(plan?.events ?? {})) };
      const groups = (await Promise.all(found.map((spool) => deadGroupsOf(spool, filter, shown)))).flat();
      return { result: { groups }, lines: deadLines(groups) };
    },
  })
    .option(...LANES_OPTION)
    .option(...REASON_OPTION)
    .option('--show-records', 'print the records as they were sent, personal values included');

  addSpoolCommand<Place>('corrupted', {
    summary: 'List files that are not sent, with the reason',
    details: [
      'Lists the files that could not be read and were set aside (corrupted), and what this version does not know: another version or lane, a pipe, a',
      'socket, a link, a directory (unknown). Opens none of them. Delete corrupted files with qr-obs spool purge --corrupted.',
    ].join(' '),
    examples: ['qr-obs spool corrupted', 'qr-obs spool corrupted --dir /var/lib/qr/spool --json'],
    run: async (found) => {
      const spools = await Promise.all(found.map((spool) => corruptedOf(spool, context.now())));
      return { result: { spools }, lines: corruptedLines(spools) };
    },
  });

  addSpoolCommand<Filter & { dryRun?: boolean }>('replay', {
    summary: 'Send rejected records again, once their reason is gone',
    details: [
      'Puts them back into the spool as they are, under the ids that they had; a running process of the service sends them, or the next that starts.',
      'Other processes may go on meanwhile. Killed at any moment, it loses none and sends none twice.',
    ].join(' '),
    examples: ['qr-obs spool replay --dry-run', 'qr-obs spool replay --lane import --reason "rate limit"'],
    run: async (found, { lane, reason, dryRun = false }) => {
      const filter = { lane: readLane(lane), reason };
      const spools = [];
      for (const spool of found) spools.push(await (dryRun ? planReplay : replay)(spool, filter, context.now()));
      return {
        result: { dryRun, spools },
        lines: replayLines(spools, dryRun),
        ...(spools.some(hasProblem) && { exitCode: exitCodes.usage }),
      };
    },
  })
    .option(...LANES_OPTION)
    .option(...REASON_OPTION)
    .option('--dry-run', 'only say what would be sent');

  addSpoolCommand<PurgeOptions & Place & { yes?: boolean }>('purge', {
    summary: 'Delete what waits or was rejected',
    details: [
      'Deletes what all of the options apply to, and only with --yes. Records that a running process is still gathering are never touched; what it',
      'is just sending may still arrive. Requests to forget somebody are deleted only with --lane deletions, corrupted files only with --corrupted.',
    ].join(' '),
    examples: ['qr-obs spool purge --dead --older-than 30', 'qr-obs spool purge --lane analytics --yes'],
    run: async (found, options) => {
      const [now, isMeant] = [context.now(), options.yes ?? false];
      const selection = readSelection(options, now);
      const spools = [];
      for (const spool of found) spools.push(await purge(spool, selection, { isMeant, now }));
      const isRefused = !isMeant && spools.some(hasSomething);
      return {
        result: { deleted: isMeant, spools },
        lines: purgeLines(spools, isMeant),
        ...((isRefused || spools.some(hasProblem)) && { exitCode: exitCodes.usage }),
      };
    },
  })
    .option('--dead', 'only records that were rejected')
    .option('--corrupted', 'only files that cannot be read')
    .option('--lane <lane>', 'of one lane')
    .option('--older-than <days>', 'sealed or rejected before so many days')
    .option('--yes', 'delete it');

  /** Adds a command that runs on the spools that `--dir` or the environment names. */
  function addSpoolCommand<Options extends Place>(
    name: string,
    { run, ...shown }: SpoolCommandOptions<Options>,
  ): Command {
    return addCommand(context, group, name, {
      ...shown,
      run: async (options: Options) => {
        const found = await locateSpools(context, options.dir);
        const outcome = await run(found.spools, options);
        return found.spools.length === 0 ? { ...outcome, lines: [noSpoolLine(found)] } : outcome;
      },
    }).option('--dir <folder>', 'a spool, or a folder of them; else OBSERVABILITY_SPOOL_DIR, else all of them');
  }
};

interface SpoolCommandOptions<Options> extends Omit<CommandOptions<Options>, 'run'> {
  readonly run: (spools: readonly SpoolRoot[], options: Options) => Promise<Outcome>;
}

const LANES_OPTION = ['--lane <lane>', 'of one lane: import, engage, groups, deletions, analytics or sentry'] as const;
const REASON_OPTION = ['--reason <text>', 'whose reason has this text in it'] as const;

function hasProblem({ problem }: { readonly problem?: string }): boolean {
  return problem !== undefined;
}

const DAY_MS = 86_400_000;

/** @throws CommandError that lists the lanes. */
function readLane(value: string | undefined): LaneName | undefined {
  if (value === undefined) return undefined;
  const lane = laneNames.find((name) => name === value);
  if (lane) return lane;
  throw new CommandError(`--lane must be one of ${laneNames.join(', ')}, got "${value}".`);
}

/** What the command line selects for deletion; there is no default, so that nobody deletes everything by pressing return. */
interface PurgeOptions {
  readonly dead?: boolean;
  readonly corrupted?: boolean;
  readonly lane?: string;
  readonly olderThan?: string;
}

/** @throws CommandError when nothing was selected, or not in a way that can be understood. */
function readSelection({ dead, corrupted, lane, olderThan }: PurgeOptions, now: number): PurgeSelection {
  if (!dead && !corrupted && lane === undefined && olderThan === undefined)
    throw new CommandError(
      'Say what is to be deleted: --dead, --corrupted, --lane <lane>, --older-than <days>, or several of these.',
    );
  if (dead && corrupted)
    throw new CommandError('--dead and --corrupted exclude each other: rejected records lie in no corrupted file.');
  const days = olderThan === undefined ? undefined : Number(olderThan.trim() || Number.NaN);
  if (days !== undefined && !(days >= 0 && days < 10_000))
    throw new CommandError(`--older-than must be a number of days such as 30, got "${olderThan}".`);
  return {
    onlyDead: dead ?? false,
    onlyCorrupted: corrupted ?? false,
    lane: readLane(lane),
    ...(days !== undefined && { before: now - days * DAY_MS }),
  };
}

/** What is deleted of a spool. */
interface SpoolPurge extends PurgeCounts {
  readonly spool: string;
  /** Why the rest could not be deleted. */
  readonly problem?: string;
}

const NOTHING: PurgeCounts = { batches: 0, journals: 0, records: 0, deadLetters: 0, corrupted: 0 };

/** Counts what is selected and, only if that is meant, deletes it. */
async function purge(
  { name, root }: SpoolRoot,
  selection: PurgeSelection,
  { isMeant, now }: { readonly isMeant: boolean; readonly now: number },
): Promise<SpoolPurge> {
  try {
    const counts = await (isMeant ? purgeSpool : planPurge)(root, selection, now);
    return { spool: name, ...counts };
  } catch (error) {
    return { spool: name, ...NOTHING, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether something is deleted, or would be. */
function hasSomething({ batches, journals, deadLetters, corrupted }: SpoolPurge): boolean {
  return batches + journals + deadLetters + corrupted > 0;
}

/** The outcome for people. */
function purgeLines(purges: readonly SpoolPurge[], isMeant: boolean): string[] {
  const problems = purges.flatMap(({ spool, problem }) => (problem === undefined ? [] : `${spool}: ${problem}`));
  const found = purges.filter(hasSomething);
  if (found.length + problems.length === 0) return ['There is nothing of that kind.'];
  const wereWaiting = found.some(({ batches }) => batches > 0);
  const last = isMeant
    ? `Deleted.${wereWaiting ? ' Running processes count batches that were deleted under them as torn.' : ''}`
    : 'Nothing was deleted: these would be lost for good. Say --yes to delete them.';
  return [...found.map(lineOf), ...problems, ...(found.length > 0 ? [last] : [])];
}

function lineOf({ spool, batches, journals, records, deadLetters, corrupted }: SpoolPurge): string {
  if (corrupted > 0) return `${spool}: ${countOf(corrupted, 'corrupted file')}`;
  const waiting = `${countOf(batches, 'batch', 'batches')} and ${countOf(journals, 'journal')} with ${countOf(records, 'record')}`;
  return `${spool}: ${waiting}, ${countOf(deadLetters, 'rejected record')}`;
}
