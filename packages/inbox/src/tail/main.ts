import { HELP, readOptions } from './options.ts';
import { tail } from './tail.ts';

const end = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end.abort());
// `| head` has read enough.
process.stdout.on('error', () => end.abort());

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') process.stdout.write(HELP);
  else {
    const terminal = {
      hasColors: process.stdout.isTTY === true && !process.env['NO_COLOR'],
      out: (line: string) => void process.stdout.write(`${line}\n`),
      note: (line: string) => void process.stderr.write(`${line}\n`),
    };
    await tail(options, terminal, end.signal);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
