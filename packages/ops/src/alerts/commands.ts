import { type AlertRule, vendorOf } from '@qr/alerts';
import type { Command } from 'commander';
import { addPlanAndApply, type MixpanelPart, type SentryPart } from '../as-code/commands.ts';
import { DESCRIPTION_MARK } from '../as-code/plan.ts';
import { mixpanelPages } from '../as-code/render.ts';
import { action, addCommand, addGroup, type CommandContext, type ExitCode } from '../cli/command.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { openSentryApi, readSentrySettings, sayEnvironment } from '../sentry-api/settings.ts';
import { type CheckOptions, checkAlerts, checkOutcome } from './check.ts';
import { MIXPANEL_ALERTS_INTRODUCTION, mixpanelAlertSteps } from './mixpanel-steps.ts';
import { planAlerts } from './plan-alerts.ts';

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
    const rules = await rulesOf(context);
    return checkOutcome(await checkAlerts(rules, context, options), rules, options, context.style);
  });
};

/** `alerts plan` and `alerts apply`. */
function addPlanCommands(group: Command, context: CommandContext, exit: (code: ExitCode) => void): void {
  addPlanAndApply(group, context, exit, {
    group: 'alerts',
    file: 'observability/alerts.ts',
    subject: 'rules',
    objects: 'alerts',
    mark: `Ours are monitors whose description says "${DESCRIPTION_MARK}", and alerts, which have no description, whose name ends in "[qr-obs: <project>]". Nothing else is ever touched.`,
    variables: [
      'SENTRY_AUTH_TOKEN       of an internal integration with org:read, alerts:read and alerts:write',
      'SENTRY_ORG              slug of the organization',
      'SENTRY_URL              default https://sentry.io',
      'SENTRY_BACKEND_PROJECT  slug of the project that the rules watch; default qr-backend',
      'SENTRY_ENVIRONMENT      the one that they watch; default all',
      'SENTRY_SLACK_CHANNEL    told beside the owners of issues; default nobody else',
      'SENTRY_SLACK_WORKSPACE  which, when Sentry is connected with several',
      'MIXPANEL_PROJECT_ID     for the addresses in the steps',
      'MIXPANEL_APP_HOST       default https://mixpanel.com',
    ],
    sentryPart: async (given) => sentryPart(given, (await rulesOf(given)).filter(isSentrys)),
    mixpanelPart: async (given) => mixpanelPart(given, await rulesOf(given)),
  });
}

async function sentryPart(context: CommandContext, rules: readonly AlertRule[]): Promise<SentryPart> {
  const settings = readSentrySettings(context);
  const { steps, warnings } = await planAlerts(openSentryApi(settings, context), settings, rules);
  const place = `project ${settings.backendProject} of ${settings.org}, ${sayEnvironment(settings)}`;
  return { place, steps, warnings };
}

function mixpanelPart(context: CommandContext, rules: readonly AlertRule[]): MixpanelPart {
  const pages = mixpanelPages(context);
  return {
    introduction: MIXPANEL_ALERTS_INTRODUCTION,
    manual: rules.map((rule) => mixpanelAlertSteps(rule, pages)).filter((steps) => steps !== undefined),
  };
}

async function rulesOf(context: CommandContext): Promise<readonly AlertRule[]> {
  return (await context.config()).loadAlertRules();
}

function isSentrys({ measure }: AlertRule): boolean {
  return vendorOf(measure) === 'sentry';
}
