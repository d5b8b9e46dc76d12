import { action, addCommand } from '../cli/command.ts';
import { CommandError } from '../cli/command-error.ts';
import type { CommandContext } from '../cli/context.ts';
import { isLocal } from '../cli/environment.ts';
import { exitCodes } from '../cli/exit-code.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { allChecks } from './all-checks.ts';
import { linesOf, type Report, reportOf, skippedLine, verdictLine } from './report.ts';
import { runChecks } from './run-checks.ts';
import { selectChecks } from './select-checks.ts';

interface Options {
  readonly only?: readonly string[];
  readonly offline?: boolean;
  readonly timeout: string;
  readonly verbose?: boolean;
  readonly json?: boolean;
}

const NAME_WIDTH = Math.max(...allChecks.map(({ name }) => name.length));

const DETAILS = `Looks at the environment, reaches both vendors (or the inbox that stands in for them), sends the
event observability_checked and one error, waits for the answers, and says what is wrong and what
to do. An alert on new issues sees the error at the first run: it is always the same issue.

Checks:
${allChecks.map(({ name, about }) => `  ${name.padEnd(NAME_WIDTH)}  ${about}`).join('\n')}`;

export const addDoctorCommand: CommandGroup = (program, context, exit) => {
  const command = addCommand(program, 'doctor', {
    summary: 'Find out whether telemetry works, and why it does not',
    details: DETAILS,
    examples: [
      'qr-obs doctor',
      'qr-obs doctor --offline',
      'qr-obs doctor --only mixpanel-event --only clock --timeout 60',
      'qr-obs doctor --json | jq .verdict',
    ],
  })
    .option('--only <check>', 'only this check and those that it needs; may be given several times', collect)
    .option('--offline', 'only what can be told without the network')
    .option('--timeout <seconds>', 'how long each check may take, 0.5 to 300', '10')
    .option('--verbose', 'also say why checks were skipped');
  action<Options, Report>(command, context, exit, async (options) => {
    const { out, style, env, platforms, signal } = context;
    const timeoutMs = readTimeout(options.timeout);
    const checks = selectChecks(allChecks, options);
    // Each as soon as it is known: the whole can take a minute.
    const isVerbose = options.verbose === true || options.only !== undefined;
    const show = (line: string) => {
      if (!options.json) out(line);
    };
    if (isLocal(env))
      show(
        style.faint(
          `No account is named in the environment: the inbox at ${env['INBOX_URL']} stands in for the vendors${ownerOf(env['INBOX_URL'], platforms)}.`,
        ),
      );
    const results = await runChecks(checks, context, {
      timeoutMs,
      onResult: (result) => {
        if (result.status !== 'skipped' || isVerbose) linesOf(result, NAME_WIDTH, style).forEach(show);
      },
    });
    signal.throwIfAborted();
    const report = reportOf(results);
    return {
      result: report,
      lines: [...(isVerbose ? [] : skippedLine(results, NAME_WIDTH, style)), '', verdictLine(report, style)],
      exitCode: report.verdict === 'broken' ? exitCodes.no : exitCodes.ok,
    };
  });
};

/** Which platform an inbox is of, where that is known. */
function ownerOf(inbox: string | undefined, platforms: CommandContext['platforms']): string {
  const owner = platforms.find(({ variables }) => variables['INBOX_URL'] === inbox);
  return owner ? `, that of ${owner.command} (pid ${owner.pid})` : '';
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** @returns milliseconds. @throws CommandError for anything but seconds within the limits. */
function readTimeout(value: string): number {
  const seconds = Number(value);
  if (value.trim() !== '' && seconds >= 0.5 && seconds <= 300) return seconds * 1000;
  throw new CommandError(`--timeout must be a number of seconds from 0.5 to 300, got "${value}".`);
}
