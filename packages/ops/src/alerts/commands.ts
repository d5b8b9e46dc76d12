import { action, addCommand, addGroup } from '../cli/command.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { type CheckOptions, checkAlerts } from './check.ts';
import { checkOutcome } from './check-lines.ts';
import { addPlanCommands } from './plan/commands.ts';

/** `qr-obs alerts`: the rules of observability/alerts.ts, and the vendors. */
export const addAlertsCommands: CommandGroup = (program, context, exit) => {
  const alerts = addGroup(program, 'alerts', 'The alert rules of observability/alerts.ts, and the vendors');
  addPlanCommands(alerts, context, exit);
  const check = addCommand(alerts, 'check', {
    summary: 'Evaluate every rule now, and tell what changed since the last time',
    details:
      'Asks Mixpanel and Sentry, or the inbox in their place. Exits with 1 when a rule fires that is not good news, ' +
      'and with 3 when a question was not answered. What began or ended to fire, or lost its data, goes to ' +
      'ALERT_WEBHOOK_URL too, once; what could not be told there is told again the next time.',
    examples: [
      'qr-obs alerts check',
      'qr-obs alerts check --no-fail           # in a job of its own, which only tells',
      'qr-obs alerts check --json | jq \'.states[] | select(.status == "firing")\'',
    ],
  })
    .option('--state <file>', 'file that keeps what was told', '.data/alerts.json')
    .option('--no-fail', 'exit with 0 although a rule fires');
  action(check, context, exit, async (options: CheckOptions) => {
    const rules = await (await context.config()).loadAlertRules();
    return checkOutcome(await checkAlerts(rules, context, options), rules, options, context.style);
  });
};
