import platform from '../../../observability.config.ts';
import type { CommandContext } from '../src/cli/command.ts';
import { groups, runCli } from '../src/cli/run-cli.ts';
import { createStyle } from '../src/cli/terminal.ts';

/** What a command line did. */
export interface CliRun {
  readonly exitCode: number;
  readonly out: string;
  readonly notes: string;
}

/** Runs one command line of `qr-obs` in this process, with nothing of this machine's environment. */
export async function runInTest(commandLine: readonly string[], given: Partial<CommandContext> = {}): Promise<CliRun> {
  const out: string[] = [];
  const notes: string[] = [];
  const exitCode = await runCli(
    commandLine,
    {
      env: {},
      given: new Map(Object.keys(given.env ?? {}).map((name) => [name, '.env'])),
      platforms: [],
      root: '/nowhere',
      config: async () => platform,
      fetch: () => Promise.reject(new Error('This test gave no fetch.')),
      now: () => Date.UTC(2026, 10, 20, 12),
      out: (line) => void out.push(line),
      note: (line) => void notes.push(line),
      style: createStyle(false),
      signal: new AbortController().signal,
      ...given,
    },
    groups,
  );
  return { exitCode, out: out.join('\n'), notes: notes.join('\n') };
}
