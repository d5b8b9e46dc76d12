import type { AlertRule } from '../src/index.ts';

/** A rule of which a test says only what matters. */
export function ruleWith(rule: Pick<AlertRule, 'measure' | 'condition'> & Partial<AlertRule>): AlertRule {
  return {
    name: 'A rule',
    description: 'Something is the matter.',
    severity: 'high',
    owner: 'platform',
    runbook: 'a-rule',
    ...rule,
  };
}
