import { addCommand, type CommandContext, CommandError, exitCodes } from '../cli/command.ts';
import { isLocal } from '../cli/environment.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import type { Style } from '../cli/terminal.ts';
import type { Status } from './check.ts';
import { allChecks, type Result, runChecks, selectChecks } from './run-checks.ts';

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

export const addDoctorCommand: CommandGroup = (program, context) => {
  addCommand(context, program, 'doctor', {
    summary: 'Find out whether telemetry works, and why it does not',
    details: DETAILS,
    examples: [
      'qr-obs doctor',
      'qr-obs doctor --offline',
      'qr-obs doctor --only mixpanel-event --only clock --timeout 60',
      'qr-obs doctor --json | jq .verdict',
    ],
    run: async (options: Options) => {
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
    },
  })
    .option('--only <check>', 'only this check and those that it needs; may be given several times', collect)
    .option('--offline', 'only what can be told without the network')
    .option('--timeout <seconds>', 'how long each check may take, 0.5 to 300', '10')
    .option('--verbose', 'also say why checks were skipped');
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

/** What came of a whole run. */
export interface Report {
  readonly verdict: 'healthy' | 'warnings' | 'broken';
  readonly checks: readonly Result[];
}

function reportOf(checks: readonly Result[]): Report {
  const has = (status: Status) => checks.some((check) => check.status === status);
  return { verdict: has('failed') ? 'broken' : has('warning') ? 'warnings' : 'healthy', checks };
}

const MARKS: Readonly<Record<Status, string>> = { ok: '✓', warning: '!', failed: '✗', skipped: '-' };

/** One result: a mark, the name, what was found, and below it what to do. */
function linesOf({ name, status, says, do: advice }: Result, width: number, style: Style): readonly string[] {
  const paint = { ok: style.good, warning: style.warning, failed: style.bad, skipped: style.faint }[status];
  const indent = ' '.repeat(width + 4);
  const [first = '', ...rest] = says.split('\n');
  const told = status === 'skipped' ? style.faint : (text: string) => text;
  return [
    `${paint(MARKS[status])} ${paint(name.padEnd(width))}  ${told(first)}`,
    ...rest.map((line) => `${indent}${told(line)}`),
    ...(advice?.split('\n') ?? []).map((line) => `${indent}${style.strong('→')} ${line}`),
  ];
}

/**
 * The checks that were not made, in one line: first those that another one hindered, by that one, then those that do not apply.
 *
 * @returns nothing when all were made
 */
function skippedLine(checks: readonly Result[], width: number, style: Style): readonly string[] {
  const skipped = checks.filter(({ status }) => status === 'skipped');
  if (skipped.length === 0) return [];
  const hindrances = [...new Set(skipped.flatMap(({ hinderedBy }) => hinderedBy ?? []))];
  const parts = [
    ...hindrances.map((name) => `${namesOf(skipped.filter(({ hinderedBy }) => hinderedBy === name))} (need ${name})`),
    namesOf(skipped.filter(({ hinderedBy }) => hinderedBy === undefined)),
  ].filter(Boolean);
  return [style.faint(`${MARKS.skipped} ${'skipped'.padEnd(width)}  ${parts.join('; ')}. --verbose says why`)];
}

function namesOf(checks: readonly Result[]): string {
  return checks.map(({ name }) => name).join(', ');
}

/** The last line. */
function verdictLine({ verdict, checks }: Report, style: Style): string {
  const named = (status: Status) => checks.filter((check) => check.status === status).map(({ name }) => name);
  const failed = named('failed');
  const warned = named('warning');
  const beside =
    warned.length > 0
      ? ` ${warned.length === 1 ? 'A warning' : `${warned.length} warnings`}: ${warned.join(', ')}.`
      : '';
  if (verdict === 'broken')
    return `${style.bad(`${failed.length} ${failed.length === 1 ? 'check' : 'checks'} failed: ${failed.join(', ')}.`)}${beside}`;
  if (verdict === 'warnings') return `${style.warning('Nothing that was checked is broken.')}${beside}`;
  return style.good('Everything that was checked is in order.');
}
