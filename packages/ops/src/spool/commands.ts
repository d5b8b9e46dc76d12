import type { Command } from 'commander';
import { action, addCommand, addGroup } from '../cli/command.ts';
import { exitCodes } from '../cli/exit-code.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { corruptedLines, corruptedOf } from './corrupted.ts';
import { deadGroupsOf, deadLines } from './dead.ts';
import { type FoundSpools, locateSpools, noSpoolLine } from './locate.ts';
import { type PurgeOptions, readLane, readSelection } from './options.ts';
import { hasSomething, purge, purgeLines } from './purge.ts';
import { planReplay, replay, replayLines } from './replay.ts';
import { statusOf } from './status.ts';
import { statusLines } from './status-lines.ts';

interface Place {
  readonly dir?: string;
}

interface Filter extends Place {
  readonly lane?: string;
  readonly reason?: string;
}

/** `qr-obs spool`: what waits for delivery on this machine, and what was rejected. */
export const addSpoolCommands: CommandGroup = (program, context, exit) => {
  const group = addGroup(program, 'spool', 'Shows and tends what waits for delivery, and what was rejected');

  const status = addCommand(group, 'status', {
    summary: 'Show what waits and what was rejected, by service and lane',
    details: [
      'UNSEALED counts records that a process is still gathering, DEAD those that a receiver has rejected. Corrupted files cannot be read and were set',
      'aside; unknown files are of another version or lane, or no files.',
    ].join(' '),
    examples: ['qr-obs spool status', 'qr-obs spool status --dir /var/lib/qr/spool --json'],
  });
  addDir(status);
  action<Place, object>(status, context, exit, async ({ dir }) => {
    const found = await locateSpools(context, dir);
    const spools = await Promise.all(found.spools.map((spool) => statusOf(spool, context.now())));
    return { result: { spools }, lines: linesOr(found, statusLines(spools)) };
  });

  const dead = addCommand(group, 'dead', {
    summary: 'Say why records were rejected',
    details: 'Shows names and types of one record for each reason, and no values unless they are asked for.',
    examples: ['qr-obs spool dead', 'qr-obs spool dead --lane import --show-records'],
  });
  addFilter(addDir(dead)).option('--show-records', 'print the records as they were sent, personal values included');
  action<Filter & { showRecords?: boolean }, object>(dead, context, exit, async (options) => {
    const filter = { lane: readLane(options.lane), reason: options.reason };
    const found = await locateSpools(context, options.dir);
    const plan = await (await context.config()).loadPlan();
    const eventNames = new Set(Object.keys(plan?.events ?? {}));
    const shown = { showRecords: options.showRecords ?? false, eventNames };
    const groups = await Promise.all(found.spools.map((spool) => deadGroupsOf(spool, filter, shown)));
    return { result: { groups: groups.flat() }, lines: linesOr(found, deadLines(groups.flat())) };
  });

  const corrupted = addCommand(group, 'corrupted', {
    summary: 'List files that are not sent, with the reason',
    details: [
      'Lists the files that could not be read and were set aside (corrupted), and what this version does not know: another version or lane, a pipe, a',
      'socket, a link, a directory (unknown). Opens none of them. Delete corrupted files with qr-obs spool purge --corrupted.',
    ].join(' '),
    examples: ['qr-obs spool corrupted', 'qr-obs spool corrupted --dir /var/lib/qr/spool --json'],
  });
  addDir(corrupted);
  action<Place, object>(corrupted, context, exit, async ({ dir }) => {
    const found = await locateSpools(context, dir);
    const spools = await Promise.all(found.spools.map((spool) => corruptedOf(spool, context.now())));
    return { result: { spools }, lines: linesOr(found, corruptedLines(spools)) };
  });

  const again = addCommand(group, 'replay', {
    summary: 'Send rejected records again, once their reason is gone',
    details: [
      'Puts them back into the spool as they are, under the ids that they had; a running process of the service sends them, or the next that starts.',
      'Other processes may go on meanwhile. Killed at any moment, it loses none and sends none twice.',
    ].join(' '),
    examples: ['qr-obs spool replay --dry-run', 'qr-obs spool replay --lane import --reason "rate limit"'],
  });
  addFilter(addDir(again)).option('--dry-run', 'only say what would be sent');
  action<Filter & { dryRun?: boolean }, object>(again, context, exit, async (options) => {
    const filter = { lane: readLane(options.lane), reason: options.reason };
    const found = await locateSpools(context, options.dir);
    const isDryRun = options.dryRun ?? false;
    const replays = [];
    for (const spool of found.spools)
      replays.push(await (isDryRun ? planReplay : replay)(spool, filter, context.now()));
    const isPartial = replays.some(({ problem }) => problem !== undefined);
    return {
      result: { dryRun: isDryRun, spools: replays },
      lines: linesOr(found, replayLines(replays, isDryRun)),
      ...(isPartial && { exitCode: exitCodes.usage }),
    };
  });

  const cleanUp = addCommand(group, 'purge', {
    summary: 'Delete what waits or was rejected',
    details: [
      'Deletes what all of the options apply to, and only with --yes. Records that a running process is still gathering are never touched; what it',
      'is just sending may still arrive. Requests to forget somebody are deleted only with --lane deletions, corrupted files only with --corrupted.',
    ].join(' '),
    examples: ['qr-obs spool purge --dead --older-than 30', 'qr-obs spool purge --lane analytics --yes'],
  });
  addDir(cleanUp)
    .option('--dead', 'only records that were rejected')
    .option('--corrupted', 'only files that cannot be read')
    .option('--lane <lane>', 'of one lane')
    .option('--older-than <days>', 'sealed or rejected before so many days')
    .option('--yes', 'delete it');
  action<PurgeOptions & Place & { yes?: boolean }, object>(cleanUp, context, exit, async (options) => {
    const [now, isMeant] = [context.now(), options.yes ?? false];
    const selection = readSelection(options, now);
    const found = await locateSpools(context, options.dir);
    const purges = [];
    for (const spool of found.spools) purges.push(await purge(spool, selection, { isMeant, now }));
    const isPartial = purges.some(({ problem }) => problem !== undefined);
    const isRefused = !isMeant && purges.some(hasSomething);
    return {
      result: { deleted: isMeant, spools: purges },
      lines: linesOr(found, purgeLines(purges, isMeant)),
      ...((isPartial || isRefused) && { exitCode: exitCodes.usage }),
    };
  });
};

function linesOr(found: FoundSpools, lines: readonly string[]): readonly string[] {
  return found.spools.length === 0 ? [noSpoolLine(found)] : lines;
}

function addDir(command: Command): Command {
  return command.option(
    '--dir <folder>',
    'a spool, or a folder of them; else OBSERVABILITY_SPOOL_DIR, else all of them',
  );
}

function addFilter(command: Command): Command {
  return command
    .option('--lane <lane>', 'of one lane: import, engage, groups, deletions, analytics or sentry')
    .option('--reason <text>', 'whose reason has this text in it');
}
