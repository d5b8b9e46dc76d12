import { type AlertRule, type Condition, type ConversionMeasure, type EventsMeasure, vendorOf } from '@qr/alerts';
import type { Command } from 'commander';
import { addPlanAndApply, type MixpanelPart, type SentryPart } from '../as-code/commands.ts';
import { DESCRIPTION_MARK } from '../as-code/plan.ts';
import { type ManualSteps, type MixpanelPages, mixpanelPages } from '../as-code/render.ts';
import { addCommand, addGroup, type CliContext, type CommandContext } from '../cli/command.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { openSentryApi, readSentrySettings, sayEnvironment } from '../sentry-api/settings.ts';
import { type CheckOptions, checkAlerts, checkOutcome } from './check.ts';
import { planAlerts } from './plan-alerts.ts';

/** `qr-obs alerts`: the rules of observability/alerts.ts, and the vendors. */
export const addAlertsCommands: CommandGroup = (program, context) => {
  const alerts = addGroup(program, 'alerts', 'The alert rules of observability/alerts.ts, and the vendors');
  addPlanCommands(alerts, context);
  addCommand(context, alerts, 'check', {
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
    run: async (options: CheckOptions) => {
      const rules = await rulesOf(context);
      return checkOutcome(await checkAlerts(rules, context, options), rules, options, context.style);
    },
  })
    .option('--state <file>', 'file that keeps what was told', '.data/alerts.json')
    .option('--no-fail', 'exit with 0 although a rule fires');
};

/** `alerts plan` and `alerts apply`. */
function addPlanCommands(group: Command, context: CliContext): void {
  addPlanAndApply(group, context, {
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

/** Above the steps. Plans and roles after https://docs.mixpanel.com/docs/features/alerts. */
const MIXPANEL_ALERTS_INTRODUCTION =
  'Mixpanel has no public API for alerts, so that nothing is compared here. By hand, with a paid plan (five alerts on Growth) and the role of an analyst:';

const AN = { hour: 'an hour', day: 'a day' } as const;

/** How to make the alert of a rule on Mixpanel's pages; `undefined` for a rule that is not Mixpanel's. */
function mixpanelAlertSteps(rule: AlertRule, pages: MixpanelPages): ManualSteps | undefined {
  const { measure } = rule;
  if (measure.kind === 'events') return { title: rule.name, steps: eventSteps(rule, measure, pages) };
  if (measure.kind === 'conversion') return { title: rule.name, steps: conversionSteps(rule, measure, pages) };
  return undefined;
}

function eventSteps(
  rule: AlertRule,
  { event, unit, count }: EventsMeasure,
  { page }: MixpanelPages,
): readonly string[] {
  const counted = count === 'total' ? 'Total Events' : 'Unique Users';
  const range = unit === 'hour' ? 'the last 7 days' : 'the last 30 days';
  return [
    `Open ${page('insights')} and make a report: event ${event}, ${counted}, as a line, by ${unit}, ${range}. Save it as "${rule.name}".`,
    ...alertSteps(
      rule,
      `${sayBound(rule.condition, String)} (${count === 'total' ? 'events' : 'people'} ${AN[unit]})`,
      unit,
    ),
  ];
}

function conversionSteps(
  rule: AlertRule,
  { steps, windowDays, days }: ConversionMeasure,
  { page }: MixpanelPages,
): readonly string[] {
  const lastDays = windowDays + days;
  return [
    `Open ${page('funnels')} and make a report: steps ${steps.join(', then ')}; uniques, in this order, within ${windowDays} days; the last ${lastDays} days. Save it as "${rule.name}".`,
    `Know that Mixpanel counts those whose ${windowDays} days are not over as not converted, so that its figure is lower than that of \`qr-obs alerts check\`.`,
    ...alertSteps(rule, `${sayBound(rule.condition, toPercent)} (of those who did the first step)`, 'day'),
  ];
}

function alertSteps(
  { name, description, owner }: AlertRule,
  bound: string,
  unit: EventsMeasure['unit'],
): readonly string[] {
  return [
    `Click the bell in the report's header, then Create Alert, and name it "${name}".`,
    `Choose Custom Threshold: ${bound}. ${description}`,
    `Tell the team ${owner} by e-mail or Slack, at any time, at most once ${AN[unit]}. Save.`,
  ];
}

function sayBound(condition: Condition, say: (bound: number) => string): string {
  return 'above' in condition ? `Above ${say(condition.above)}` : `Below ${say(condition.below)}`;
}

/** The rules have shares from 0 to 1; the page shows and takes percent. */
function toPercent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
