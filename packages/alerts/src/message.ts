import type { AlertChange } from './changes.ts';
import type { AlertRule } from './rule.ts';
import { boundText, valueText, windowText } from './text.ts';

/** What is said of changes, each in one line of plain text; a change of a rule that is no longer there has none. */
export function messagesOf(changes: readonly AlertChange[], rules: readonly AlertRule[]): string[] {
  const ruleOf = new Map(rules.map((rule) => [rule.name, rule]));
  return changes.flatMap((change) => {
    const rule = ruleOf.get(change.after.rule);
    return rule === undefined ? [] : [messageOf(change, rule)];
  });
}

function messageOf(change: AlertChange, rule: AlertRule): string {
  const { kind, before, after } = change;
  const { name, description, measure, owner, severity, runbook } = rule;
  if (kind === 'lost_data') {
    const was = before?.status === 'firing' ? ' It was firing.' : '';
    return `No data: ${name}.${was} ${after.reason ?? ''}`.trimEnd();
  }
  const value = after.value === null ? 'no value' : valueText(measure, after.value);
  const found = `Now ${value}, the rule fires ${boundText(rule)} (${windowText(after)}).`;
  if (kind === 'stopped') return `Over: ${name}. ${found}`;
  const prefix = rule.isGoodNews === true ? 'Good news' : 'Firing';
  return `${prefix}: ${name}. ${description} ${found} Severity ${severity}, owner ${owner}, see docs/operations.md#${runbook}.`;
}
