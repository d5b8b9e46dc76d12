import { type AlertRule, vendorOf } from '@qr/alerts';
import type { Command } from 'commander';
import { addPlanAndApply } from '../../as-code/commands.ts';
import { mixpanelPages } from '../../as-code/manual-steps.ts';
import { DESCRIPTION_MARK } from '../../as-code/mark.ts';
import type { MixpanelPart, SentryPart } from '../../as-code/outcome.ts';
import type { CommandContext } from '../../cli/context.ts';
import type { ExitCode } from '../../cli/exit-code.ts';
import { openSentryApi, readSentrySettings, sayEnvironment } from '../../sentry-api/settings.ts';
import { MIXPANEL_ALERTS_INTRODUCTION, mixpanelAlertSteps } from './mixpanel-steps.ts';
import { planAlerts } from './plan-alerts.ts';

/** `alerts plan` and `alerts apply`. */
export function addPlanCommands(group: Command, context: CommandContext, exit: (code: ExitCode) => void): void {
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
