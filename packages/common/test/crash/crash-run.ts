import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { judge, readTestimony, type Testimony, type Verdict } from './judge.ts';
import type { Kill } from './kill-plan.ts';
import type { LastWords } from './life.ts';
import { type Surroundings, startTracked, type TrackedProcess } from './process-control.ts';
import { type Receiver, startReceiver } from './receiver.ts';

/** Numbers of one life do not reach those of the next. */
const NUMBERS_PER_LIFE = 1_000_000;

/** What {@link crashRun} takes. */
export interface CrashRunOptions {
  /** From `compileTrackedProcess`. */
  readonly program: string;
  readonly seed: number;
  readonly kills: readonly Kill[];
  /** Short by default, so that a short life comes to many batches. @default 40 */
  readonly flushIntervalMs?: number;
}

/** What a crash run showed. */
export interface CrashRunResult extends Verdict {
  readonly kills: number;
  /** Forced points that a process did not come to. */
  readonly unreached: readonly string[];
  readonly lastWords: LastWords;
  /** What is left in the spool at the end: must be nothing. */
  readonly leftovers: readonly string[];
  readonly refused: number;
}

/** Starts processes that track events, kills each at its point, lets a last one deliver what is left, and compares. */
export async function crashRun({
  program,
  seed,
  kills,
  flushIntervalMs = 40,
}: CrashRunOptions): Promise<CrashRunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'crash-run-'));
  const spoolRoot = join(folder, 'spool');
  const receiver = await startReceiver();
  try {
    const surroundings = { program, receiverUrl: receiver.url, spoolRoot, flushIntervalMs };
    const testimonies: Testimony[] = [];
    const unreached: string[] = [];
    for (const [index, kill] of kills.entries()) {
      const logFile = join(folder, `${index}.log`);
      const life = { logFile, first: index * NUMBERS_PER_LIFE, seed: seed * 1000 + index };
      await (kill.receiver === 'up' ? receiver.up() : receiver.down());
      const end = await liveAndDie(kill, life, surroundings, receiver);
      if (!end.reached) unreached.push(kill.name);
      testimonies.push(readTestimony(read(logFile), end.killedAt));
    }
    await receiver.up();
    const lastWords = await drain(surroundings, join(folder, 'last.log'));
    return {
      ...judge(testimonies, receiver.bodies()),
      kills: kills.length,
      unreached,
      lastWords,
      leftovers: readdirSync(spoolRoot),
      refused: receiver.refused(),
    };
  } finally {
    await receiver.down();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process that only delivers what others left. */
export function drain(surroundings: Surroundings, logFile: string): Promise<LastWords> {
  return startTracked({ logFile, first: 0, seed: 0, drains: true }, surroundings).ends();
}

interface End {
  readonly reached: boolean;
  /** `undefined` when the process itself noted it. */
  readonly killedAt: number | undefined;
}

async function liveAndDie(
  kill: Kill,
  life: { readonly logFile: string; readonly first: number; readonly seed: number },
  surroundings: Surroundings,
  receiver: Receiver,
): Promise<End> {
  if (kill.kind === 'forced') {
    const child = startTracked({ ...life, point: kill.point }, surroundings);
    await child.ready;
    const latest = Date.now();
    const reached = await child.dies();
    return { reached, killedAt: reached ? undefined : latest };
  }
  const child: TrackedProcess = startTracked(life, surroundings);
  await child.ready;
  if (kill.kind === 'random') {
    await wait(kill.afterMs);
    return { reached: true, killedAt: await child.kill() };
  }
  const reached = await receiver.stallNext(5000);
  return { reached, killedAt: await child.kill() };
}

/** A process that died before its first event has no log. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
