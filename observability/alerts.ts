import type { AlertRule } from '@qr/alerts';

/**
 * The platform's alert rules. `qr-obs alerts plan` compares them with what Sentry has, the inbox shows which would fire now, and
 * docs/operations.md says what to do about each.
 */
export const alertRules: readonly AlertRule[] = [
  {
    name: 'Error spike',
    description: 'More than 100 errors were reported within an hour.',
    measure: { kind: 'errors', windowMinutes: 60 },
    condition: { above: 100 },
    severity: 'high',
    owner: 'platform',
    runbook: 'error-spike',
  },
  {
    name: 'New issue',
    description: 'An error came up that was never seen before.',
    measure: { kind: 'new_issues', windowMinutes: 60 },
    condition: { above: 0 },
    severity: 'medium',
    owner: 'platform',
    runbook: 'new-issue',
  },
  {
    name: 'Slow requests',
    description: 'One API request in twenty takes longer than 5 seconds.',
    measure: { kind: 'request_duration', percentile: 95, windowMinutes: 60 },
    condition: { above: 5000 },
    severity: 'high',
    owner: 'platform',
    runbook: 'slow-requests',
  },
  {
    name: 'Signup drop',
    description: 'Fewer than 10 people signed up in a day.',
    measure: { kind: 'events', event: 'signup_completed', unit: 'day', count: 'total' },
    condition: { below: 10 },
    severity: 'medium',
    owner: 'growth',
    runbook: 'signup-drop',
  },
  {
    name: 'Scan spike',
    description: 'Codes were scanned more than 1000 times in an hour.',
    measure: { kind: 'events', event: 'qr_scanned', unit: 'hour', count: 'total' },
    condition: { above: 1000 },
    severity: 'medium',
    owner: 'product',
    isGoodNews: true,
    runbook: 'scan-spike',
  },
  {
    name: 'Conversion drop',
    description: 'Fewer than 5 % of those who signed up made a first code within a week.',
    measure: { kind: 'conversion', steps: ['signup_completed', 'qr_created'], windowDays: 7, days: 7 },
    condition: { below: 0.05 },
    severity: 'medium',
    owner: 'growth',
    runbook: 'conversion-drop',
  },
];
