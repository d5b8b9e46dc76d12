import { type AlertRule, type AlertState, boundText, valueText, windowText } from '@qr/alerts';
import type { Outcome } from '../cli/command.ts';
import { exitCodes } from '../cli/exit-code.ts';
import type { Style } from '../cli/style.ts';
import type { AlertCheck, CheckOptions } from './check.ts';

/** A check as a table of the rules, and the messages of what changed. */
export function checkOutcome(
  check: AlertCheck,
  rules: readonly AlertRule[],
  { fail }: CheckOptions,
  style: Style,
): Outcome<AlertCheck> {
  const { states, messages, failures } = check;
  const rows = states.flatMap((state) => {
    const rule = rules.find(({ name }) => name === state.rule);
    return rule === undefined ? [] : [rowOf(rule, state)];
  });
  const troubles = rows.filter(({ status }) => status === 'fires');
  const table = linesOf(rows, style);
  const told = messages.length === 0 ? ['', 'Nothing changed since the last check.'] : ['', ...messages];
  const isBad = fail && troubles.length > 0;
  const exitCode = isBad ? exitCodes.no : failures.length > 0 ? exitCodes.refused : exitCodes.ok;
  return { result: check, lines: [...table, ...told], exitCode };
}

interface Row {
  readonly status: 'fires' | 'good news' | 'ok' | 'no data';
  readonly cells: readonly string[];
}

const HEAD = ['STATUS', 'RULE', 'VALUE', 'BOUND', 'TIME OR REASON'];

function rowOf(rule: AlertRule, state: AlertState): Row {
  const status = statusOf(rule, state);
  const value = state.value === null ? '-' : valueText(rule.measure, state.value);
  return { status, cells: [status, rule.name, value, boundText(rule), state.reason ?? windowText(state)] };
}

function statusOf({ isGoodNews = false }: AlertRule, { status }: AlertState): Row['status'] {
  if (status === 'no_data') return 'no data';
  if (status === 'ok') return 'ok';
  return isGoodNews ? 'good news' : 'fires';
}

function linesOf(rows: readonly Row[], style: Style): string[] {
  const paint = { fires: style.bad, 'good news': style.good, ok: style.good, 'no data': style.warning };
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const padded = (cells: readonly string[]): string[] =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)));
  return [
    style.faint(padded(HEAD).join('  ')),
    ...rows.map(({ status, cells }) => {
      const [first = '', ...rest] = padded(cells);
      return [paint[status](first), ...rest].join('  ');
    }),
  ];
}
