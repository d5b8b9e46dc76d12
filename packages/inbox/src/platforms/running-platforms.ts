import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A platform that `npm start`, `npm run dev` or `npm run cluster` runs on this machine. */
export interface RunningPlatform {
  readonly pid: number;
  /** As it was typed: `npm start`. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Holds its development secrets, in `secrets.json`. */
  readonly dataDir: string;
  /** Where its parts answer, under the names by which services find each other: `INBOX_URL`, `AUTH_SERVICE_URL`, ... */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The platforms of a checkout that run, the latest first. Each keeps a file in `.data/platforms` while it runs; files of dead ones are passed over.
 *
 * @param root of the checkout
 */
export function runningPlatforms(root: string): readonly RunningPlatform[] {
  const folder = join(root, '.data/platforms');
  return namesIn(folder)
    .flatMap((name) => read(join(folder, name)) ?? [])
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

/** `npm start (pid 123, inbox http://127.0.0.1:4600)`. */
export function describePlatform({ command, pid, variables }: RunningPlatform): string {
  return `${command} (pid ${pid}, inbox ${variables['INBOX_URL']})`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

function read(file: string): RunningPlatform | undefined {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as RunningPlatform & { readonly startTime?: string };
    const { pid, startedAt, dataDir, variables, startTime } = record;
    const isWhole = typeof startedAt === 'string' && typeof dataDir === 'string' && typeof variables === 'object';
    return isWhole && isAlive(pid, startTime) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number, startTime: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be signalled, and runs.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startTime === undefined || startTime === startTimeOf(pid);
}

/** Linux only: clock ticks from the boot to the start of a process. It tells a platform from a later process of the same number. */
function startTimeOf(pid: number): string | undefined {
  try {
    // The name of the program, in parentheses, may have spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    // It has ended, and nobody has asked how.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
