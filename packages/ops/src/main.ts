import { join } from 'node:path';
import { readSurroundings } from './cli/environment.ts';
import { groups, runCli } from './cli/run-cli.ts';
import { createStyle } from './cli/terminal.ts';

const root = join(import.meta.dirname, '../../..');
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
// `| head` has read enough.
process.stdout.on('error', () => interruption.abort());

process.exitCode = await runCli(
  process.argv.slice(2),
  {
    ...readSurroundings(root, process.env),
    root,
    fetch: globalThis.fetch,
    now: Date.now,
    out: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    style: createStyle(process.stdout.isTTY === true && !process.env['NO_COLOR']),
    signal: interruption.signal,
  },
  groups,
);
