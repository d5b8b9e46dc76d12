import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from '../cli/context.ts';
import type { Check, CheckContext, Finding } from './check.ts';
import { createHosts } from './hosts.ts';
import { createSecretFilter } from './secrets.ts';

/** A check and what it found. */
export interface Result extends Finding {
  readonly name: string;
  /** The check that failed, because of which this one was not made. */
  readonly hinderedBy?: string;
}

/** How to run them. */
export interface RunOptions {
  /** For each check. */
  readonly timeoutMs: number;
  /** Told of each result at once. */
  readonly onResult?: (result: Result) => void;
}

/** A check that notices by itself that its time is up says more about it. */
const GRACE_MS = 200;
/** For a check that is cut off; Ctrl-C must end the program within a second. */
const CLEAN_UP_MS = 600;
const OVERDUE: Finding = {
  status: 'failed',
  says: 'There was no result in time.',
  do: 'Ask again with a longer --timeout.',
};

/**
 * Runs checks in their order, each after those that it needs.
 *
 * @throws the reason of the signal when somebody interrupts.
 */
export async function runChecks(
  checks: readonly Check[],
  context: CommandContext,
  { timeoutMs, onResult }: RunOptions,
): Promise<readonly Result[]> {
  const { env, given, root, config, fetch, now, signal } = context;
  // Takes half a second, which is no check's own.
  const library = await import('@qr/common');
  const clean = createSecretFilter(env);
  const hosts = createHosts({ fetch, now, env });
  const results: Result[] = [];
  const hindered = new Set<string>();
  for (const check of checks) {
    const hindrance = check.needs.find((name) => hindered.has(name));
    const finding: Finding =
      hindrance === undefined
        ? await runOne(check, { env, given, root, config, fetch, now, timeoutMs, hosts, library }, signal)
        : { status: 'skipped', says: `It needs ${hindrance}, which ${verbOf(results, hindrance)}.` };
    if (finding.status === 'failed' || hindrance !== undefined) hindered.add(check.name);
    const { status, says, do: advice } = finding;
    const result = {
      name: check.name,
      status,
      says: clean(says),
      ...(advice !== undefined && { do: clean(advice) }),
      ...(hindrance !== undefined && { hinderedBy: rootOf(results, hindrance) }),
    };
    results.push(result);
    onResult?.(result);
  }
  return results;
}

async function runOne(
  check: Check,
  context: Omit<CheckContext, 'signal'>,
  interruption: AbortSignal,
): Promise<Finding> {
  const { timeoutMs } = context;
  const signal = AbortSignal.any([interruption, AbortSignal.timeout(timeoutMs)]);
  interruption.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let onInterrupt = () => {};
  const overdue = new Promise<Finding>((resolve, reject) => {
    timer = setTimeout(resolve, timeoutMs + GRACE_MS, OVERDUE);
    onInterrupt = () => reject(interruption.reason);
    interruption.addEventListener('abort', onInterrupt, { once: true });
  });
  let isOver = false;
  const work = check
    .run({ ...context, signal })
    .catch((error: unknown) => (signal.aborted ? OVERDUE : unexpected(error)))
    .finally(() => {
      isOver = true;
    });
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
    interruption.removeEventListener('abort', onInterrupt);
    // What it has opened must be closed before the next one begins.
    if (!isOver) await Promise.race([work, sleep(CLEAN_UP_MS)]);
  }
}

function unexpected(error: unknown): Finding {
  return {
    status: 'failed',
    says: `The check itself failed: ${error instanceof Error ? error.message : String(error)}`,
  };
}

/** The failure behind a check that was itself skipped. */
function rootOf(results: readonly Result[], name: string): string {
  return results.find((result) => result.name === name)?.hinderedBy ?? name;
}

function verbOf(results: readonly Result[], name: string): string {
  return results.find((result) => result.name === name)?.status === 'skipped' ? 'was skipped' : 'failed';
}
