import { CommandError } from './cli/command.ts';
import { readSurroundings } from './cli/environment.ts';
import { findPlatform, groups, runCli } from './cli/run-cli.ts';
import { createStyle } from './cli/terminal.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
// `| head` has read enough.
process.stdout.on('error', () => interruption.abort());

try {
  const { args, root, config } = findPlatform(process.argv.slice(2), process.cwd());
  process.exitCode = await runCli(
    args,
    {
      ...readSurroundings(root, process.env),
      root,
      config,
      fetch: globalThis.fetch,
      now: Date.now,
      out: (line) => void process.stdout.write(`${line}\n`),
      note: (line) => void process.stderr.write(`${line}\n`),
      style: createStyle(process.stdout.isTTY === true && !process.env['NO_COLOR']),
      signal: interruption.signal,
    },
    groups,
  );
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}
