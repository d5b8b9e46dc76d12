import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AlertState } from '@qr/alerts';
import { CommandError } from '../cli/command-error.ts';

/** What was told last; nothing when there is no file yet. @throws CommandError when it is another file. */
export async function readStates(file: string): Promise<readonly AlertState[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CommandError(`--state ${file} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
  const states = parse(text);
  if (states !== undefined) return states;
  throw new CommandError(
    `--state ${file} holds something else than the states of alerts. Name another file, or delete it: what fires is then told again.`,
  );
}

/** Writes the file whole or not at all. @throws CommandError when it cannot. */
export async function writeStates(file: string, states: readonly AlertState[]): Promise<void> {
  const next = `${file}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(next, `${JSON.stringify({ states }, null, 2)}\n`);
    await rename(next, file);
  } catch (error) {
    throw new CommandError(
      `--state ${file} cannot be written: ${reasonOf(error)}. What was told now is told again the next time.`,
      { cause: error },
    );
  }
}

function parse(text: string): readonly AlertState[] | undefined {
  try {
    const { states } = JSON.parse(text) as { states?: unknown };
    return Array.isArray(states) && states.every(isState) ? states : undefined;
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is AlertState {
  const { rule, status } = (value ?? {}) as Partial<AlertState>;
  return typeof rule === 'string' && (status === 'ok' || status === 'firing' || status === 'no_data');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
