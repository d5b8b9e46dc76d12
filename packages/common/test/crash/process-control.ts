import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { LastWords, Life } from './life.ts';

/** Time to start on a busy machine. */
const START_LIMIT_MS = 30_000;
/** A forced point that was not reached by then will not come. */
const POINT_LIMIT_MS = 4000;

/** What every process of a run shares. */
export interface Surroundings {
  /** From `compileTrackedProcess`. */
  readonly program: string;
  readonly receiverUrl: string;
  readonly spoolRoot: string;
  readonly flushIntervalMs: number;
}

/** A process that tracks events. */
export interface TrackedProcess {
  /** Resolves once it is about to track. */
  readonly ready: Promise<void>;
  /** Kills it now. @returns when, in milliseconds since the epoch. */
  kill(): Promise<number>;
  /** Waits until it has killed itself. @returns whether it did; if not it is killed. */
  dies(): Promise<boolean>;
  /** Waits until it has ended by itself. */
  ends(): Promise<LastWords>;
}

export function startTracked(
  life: Life,
  { program, receiverUrl, spoolRoot, flushIntervalMs }: Surroundings,
): TrackedProcess {
  const child = spawn(process.execPath, [program, JSON.stringify(life)], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'development',
      MIXPANEL_TOKEN: 'test-token',
      MIXPANEL_API_HOST: receiverUrl,
      OBSERVABILITY_SPOOL_DIR: spoolRoot,
      OBSERVABILITY_FLUSH_INTERVAL_MS: String(flushIntervalMs),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const complaints: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));
  child.stderr.on('data', (text: Buffer) => complaints.push(text.toString()));
  const exited = once(child, 'close');

  return {
    ready: Promise.race([once(output, 'line'), exited, wait(START_LIMIT_MS, undefined, { ref: false })]).then(() => {
      // A process that dies while it starts is ready to be buried.
      if (lines.length === 0 && child.signalCode !== 'SIGKILL')
        throw new Error(`A tracked process did not start: ${complaints.join('')}`);
    }),
    async kill() {
      const at = Date.now();
      child.kill('SIGKILL');
      await exited;
      return at;
    },
    async dies() {
      const isDead = await Promise.race([exited.then(() => true), wait(POINT_LIMIT_MS, false, { ref: false })]);
      if (isDead) return child.signalCode === 'SIGKILL';
      child.kill('SIGKILL');
      await exited;
      return false;
    },
    async ends() {
      await exited;
      if (child.exitCode !== 0)
        throw new Error(`A tracked process ended with ${describeEnd(child)}: ${complaints.join('')}`);
      return JSON.parse(lines.at(-1) ?? '') as LastWords;
    },
  };
}

function describeEnd({ exitCode, signalCode }: ChildProcess): string {
  return signalCode ?? `code ${exitCode}`;
}
