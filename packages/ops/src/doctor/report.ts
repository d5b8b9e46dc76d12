import type { Style } from '../cli/style.ts';
import type { Status } from './check.ts';
import type { Result } from './run-checks.ts';

/** What came of a whole run. */
export interface Report {
  readonly verdict: 'healthy' | 'warnings' | 'broken';
  readonly checks: readonly Result[];
}

export function reportOf(checks: readonly Result[]): Report {
  const has = (status: Status) => checks.some((check) => check.status === status);
  return { verdict: has('failed') ? 'broken' : has('warning') ? 'warnings' : 'healthy', checks };
}

const MARKS: Readonly<Record<Status, string>> = { ok: '✓', warning: '!', failed: '✗', skipped: '-' };

/** One result: a mark, the name, what was found, and below it what to do. */
export function linesOf({ name, status, says, do: advice }: Result, width: number, style: Style): readonly string[] {
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
export function skippedLine(checks: readonly Result[], width: number, style: Style): readonly string[] {
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
export function verdictLine({ verdict, checks }: Report, style: Style): string {
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
