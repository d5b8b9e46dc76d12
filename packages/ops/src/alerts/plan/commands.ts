import { type AlertRule, vendorOf } from '@qr/alerts';
import { alertRules } from '@qr/observability/alerts';
import type { Command } from 'commander';
import { mixpanelPages } from '../../as-code/manual-steps.ts';
import { applyOutcome, type MixpanelPart, planOutcome, type SentryPart } from '../../as-code/outcome.ts';
import { readVendor, VENDOR_HELP, VENDOR_OPTION } from '../../as-code/vendor.ts';
import { action, addCommand } from '../../cli/command.ts';
import type { CommandContext } from '../../cli/context.ts';
import type { ExitCode } from '../../cli/exit-code.ts';
import { openSentryApi, readSentrySettings } from '../../sentry-api/settings.ts';
import { MIXPANEL_ALERTS_INTRODUCTION, mixpanelAlertSteps } from './mixpanel-steps.ts';
import { planAlerts } from './plan-alerts.ts';

interface Options {
  readonly vendor?: string;
  readonly prune?: boolean;
}

const MARK =
  'Ours are monitors whose description says "Managed by qr-obs from observability/alerts.ts.", and alerts, which have no description, whose name ends in "[qr-obs: <project>]". Nothing else is ever touched.';

const VARIABLES = `Variables:
  SENTRY_AUTH_TOKEN       of an internal integration with org:read, alerts:read and alerts:write
  SENTRY_ORG              slug of the organization
  SENTRY_URL              default https://sentry.io
  SENTRY_BACKEND_PROJECT  slug of the project that the rules watch; default qr-backend
  SENTRY_ENVIRONMENT      the one that they watch; default all
  SENTRY_SLACK_CHANNEL    told beside the owners of issues; default nobody else
  SENTRY_SLACK_WORKSPACE  which, when Sentry is connected with several
  MIXPANEL_PROJECT_ID     for the addresses in the steps
  MIXPANEL_APP_HOST       default https://mixpanel.com`;

/** `alerts plan` and `alerts apply`. */
export function addPlanCommands(group: Command, context: CommandContext, exit: (code: ExitCode) => void): void {
  const plan = addCommand(group, 'plan', {
    summary: 'Show what applying the rules would change at the vendors',
    details: `Compares observability/alerts.ts with Sentry's monitors and alerts, and changes nothing. Exits with 0 when Sentry is as the file says, 1 when it is not. Mixpanel has no public API for alerts: for its rules the steps to click are shown, which do not count.\n\n${MARK}\n\n${VARIABLES}`,
    examples: ['qr-obs alerts plan', 'qr-obs alerts plan --vendor mixpanel', 'qr-obs alerts plan --json'],
  }).option(VENDOR_OPTION, VENDOR_HELP);
  action(plan, context, exit, async ({ vendor }: Options) => {
    const { sentry, mixpanel } = await readParts(context, vendor);
    return planOutcome(context, sentry, mixpanel, 'qr-obs alerts apply');
  });

  const apply = addCommand(group, 'apply', {
    summary: 'Make the vendors follow the rules',
    details: `Creates and changes Sentry's monitors and alerts until they are as observability/alerts.ts says; a second time it changes nothing. Exits with 1 when something of the file could not be put in place, as it would touch what is not ours. What is no longer in the file stays unless --prune is given.\n\n${MARK}\n\n${VARIABLES}`,
    examples: ['qr-obs alerts apply', 'qr-obs alerts apply --prune', 'qr-obs alerts apply --vendor sentry --json'],
  })
    .option(VENDOR_OPTION, VENDOR_HELP)
    .option('--prune', 'delete what is ours and no longer in the file');
  action(apply, context, exit, async ({ vendor, prune = false }: Options) => {
    const { sentry, mixpanel } = await readParts(context, vendor);
    return applyOutcome(context, sentry, mixpanel, { prune });
  });
}

async function readParts(
  context: CommandContext,
  vendor: string | undefined,
): Promise<{ readonly sentry: SentryPart | undefined; readonly mixpanel: MixpanelPart | undefined }> {
  const chosen = readVendor(vendor);
  return {
    sentry: chosen.sentry ? await sentryPart(context, alertRules.filter(isSentrys)) : undefined,
    mixpanel: chosen.mixpanel ? mixpanelPart(context, alertRules) : undefined,
  };
}

async function sentryPart(context: CommandContext, rules: readonly AlertRule[]): Promise<SentryPart> {
  const settings = readSentrySettings(context);
  const { steps, warnings } = await planAlerts(openSentryApi(settings, context), settings, rules);
  const { org, backendProject, environment } = settings;
  return {
    place: `project ${backendProject} of ${org}, ${environment === null ? 'all environments' : `environment ${environment}`}`,
    steps,
    warnings,
  };
}

function mixpanelPart(context: CommandContext, rules: readonly AlertRule[]): MixpanelPart {
  const pages = mixpanelPages(context);
  return {
    introduction: MIXPANEL_ALERTS_INTRODUCTION,
    manual: rules.map((rule) => mixpanelAlertSteps(rule, pages)).filter((steps) => steps !== undefined),
  };
}

function isSentrys({ measure }: AlertRule): boolean {
  return vendorOf(measure) === 'sentry';
}
