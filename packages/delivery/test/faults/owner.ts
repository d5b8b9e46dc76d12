import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';
import type { LaneStats } from '../../src/stats.ts';

export interface OwnerOptions {
  readonly root: string;
  readonly name: string;
  /** File to which every owner writes what it has delivered. */
  readonly log: string;
}

export type OwnerCommand =
  | { readonly push: readonly number[] }
  | { readonly flush: number }
  | { readonly pushAndExit: readonly number[] }
  /** Tracks more in one turn than is kept in memory, and loses the permission to use the spool within the turn. */
  | { readonly burstAndLock: number }
  | { readonly end: true };

/** A process or a thread with a folder in a spool. */
export interface Owner {
  readonly pid: number | undefined;
  ask(command: OwnerCommand): Promise<LaneStats>;
  /** Sends a command that is not answered. */
  tell(command: OwnerCommand): void;
  setAway(isAway: boolean): void;
  /** Lets its clock go forward. */
  advance(ms: number): void;
  readonly ended: Promise<unknown>;
  kill(): Promise<void>;
}

interface Channel {
  send(command: OwnerCommand): void;
  readonly answers: NodeJS.EventEmitter;
}

function ownerOver(
  options: OwnerOptions,
  { send, answers }: Channel,
  end: Pick<Owner, 'pid' | 'ended' | 'kill'>,
): Owner {
  const { log, name } = options;
  return {
    ...end,
    async ask(command) {
      const answer = once(answers, 'message');
      send(command);
      const [stats] = await answer;
      return stats as LaneStats;
    },
    tell: send,
    setAway: (isAway) => (isAway ? writeFileSync(`${log}.${name}.away`, '') : rmSync(`${log}.${name}.away`)),
    advance: (ms) => writeFileSync(`${log}.${name}.clock`, String(ms)),
  };
}

/** Starts a process; in a container of its own with a PID namespace, or as another user, if asked for. */
export async function startOwner(
  program: string,
  options: OwnerOptions & { readonly isAway?: boolean },
  { isContainer = false, uid }: { readonly isContainer?: boolean; readonly uid?: number } = {},
): Promise<Owner> {
  if (options.isAway) writeFileSync(`${options.log}.${options.name}.away`, '');
  const node = [process.execPath, program, JSON.stringify(options)] as const;
  const [command, ...args] = isContainer
    ? ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', ...node]
    : node;
  const user = uid === undefined ? {} : { uid, gid: uid };
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], ...user });
  const ended = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  await once(child, 'message');
  return ownerOver(
    options,
    { send: (message) => void child.send(message), answers: child },
    { pid: child.pid, ended, kill },
  );
}

/** Starts a thread of this process. */
export async function startThread(
  program: string,
  options: OwnerOptions & { readonly isAway?: boolean },
): Promise<Owner> {
  if (options.isAway) writeFileSync(`${options.log}.${options.name}.away`, '');
  const worker = new Worker(program, { workerData: options });
  const ended = once(worker, 'exit');
  const kill = async () => void (await worker.terminate());
  onTestFinished(kill);
  await once(worker, 'message');
  return ownerOver(
    options,
    { send: (message) => worker.postMessage(message), answers: worker },
    { pid: process.pid, ended, kill },
  );
}

/** What was delivered, as `owner number`. */
export function deliveries(log: string): string[] {
  return existsSync(log)
    ? readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}

/** Makes every heartbeat of a spool look as old as that of owners that were not heard of for long. */
export function ageHeartbeats(root: string): void {
  const then = new Date(Date.now() - 120_000);
  for (const name of readdirSync(root)) {
    const heartbeat = join(root, name, 'heartbeat');
    if (existsSync(heartbeat)) utimesSync(heartbeat, then, then);
  }
}
