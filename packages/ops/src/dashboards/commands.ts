import { addPlanAndApply } from '../as-code/commands.ts';
import { mixpanelPages } from '../as-code/manual-steps.ts';
import type { MixpanelPart, SentryPart } from '../as-code/outcome.ts';
import { addGroup } from '../cli/command.ts';
import type { CommandContext } from '../cli/context.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { openSentryApi, readSentrySettings, sayEnvironment } from '../sentry-api/settings.ts';
import { boardSteps, cohortSteps, MIXPANEL_BOARDS_INTRODUCTION } from './mixpanel-steps.ts';
import { planDashboards } from './plan-dashboards.ts';

/** `qr-obs dashboards`: the dashboards of observability/dashboards.ts, and the vendors. */
export const addDashboardsCommands: CommandGroup = (program, context, exit) => {
  const group = addGroup(program, 'dashboards', 'The dashboards of observability/dashboards.ts, and the vendors');
  addPlanAndApply(group, context, exit, {
    group: 'dashboards',
    file: 'observability/dashboards.ts',
    subject: 'dashboards',
    objects: 'boards, reports and cohorts',
    mark: 'Ours are dashboards whose title ends in "[qr-obs: <backend project>]", as Sentry gives them no description. Nothing else is ever touched.',
    variables: [
      'SENTRY_AUTH_TOKEN       of an internal integration with org:read',
      'SENTRY_ORG              slug of the organization',
      'SENTRY_URL              default https://sentry.io',
      'SENTRY_BACKEND_PROJECT  slug of the project of the services; default qr-backend',
      'SENTRY_PROJECT          slug of the project of the page; default qr-frontend',
      'SENTRY_ENVIRONMENT      the one that is shown; default all',
      'MIXPANEL_PROJECT_ID     for the addresses in the steps',
      'MIXPANEL_APP_HOST       default https://mixpanel.com',
    ],
    sentryPart,
    mixpanelPart,
  });
};

async function sentryPart(context: CommandContext): Promise<SentryPart> {
  const settings = readSentrySettings(context);
  const { org, backendProject, frontendProject } = settings;
  const { sentry: dashboards } = await (await context.config()).loadDashboards();
  return {
    place: `projects ${backendProject} and ${frontendProject} of ${org}, ${sayEnvironment(settings)}`,
    steps: await planDashboards(openSentryApi(settings, context), settings, dashboards),
    warnings: () => [],
  };
}

async function mixpanelPart(context: CommandContext): Promise<MixpanelPart> {
  const { mixpanelBoards, mixpanelCohorts } = await (await context.config()).loadDashboards();
  const pages = mixpanelPages(context);
  return {
    introduction: MIXPANEL_BOARDS_INTRODUCTION,
    manual: [
      ...mixpanelBoards.map((board) => boardSteps(board, pages)),
      ...mixpanelCohorts.map((cohort) => cohortSteps(cohort, pages)),
    ],
  };
}
