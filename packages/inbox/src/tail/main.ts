import { join } from 'node:path';
import { runningPlatforms } from '../platforms/running-platforms.ts';
import { CommandLineEnd, readOptions } from './options.ts';
import { tail } from './tail.ts';

const root = join(import.meta.dirname, '../../../..');
const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
// `| head` has read enough.
process.stdout.on('error', () => end.abort());

try {
  const options = readOptions(process.argv.slice(2), process.env, runningPlatforms(root));
  const terminal = {
    hasColors: process.stdout.isTTY === true && !process.env['NO_COLOR'],
    out: (line: string) => void process.stdout.write(`${line}\n`),
    note: (line: string) => void process.stderr.write(`${line}\n`),
  };
  if (options.note) terminal.note(options.note);
  await tail(options, terminal, end.signal);
} catch (error) {
  if (error instanceof CommandLineEnd) {
    (error.exitCode === 0 ? process.stdout : process.stderr).write(error.message);
    process.exit(error.exitCode);
  }
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
