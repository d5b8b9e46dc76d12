import type {
  CohortCondition,
  FunnelReport,
  InsightsReport,
  MixpanelBoard,
  MixpanelCohort,
  MixpanelReport,
  RetentionReport,
  SentryDashboard,
} from '@qr/alerts/config';
import { addPlanAndApply, type MixpanelPart, type SentryPart } from '../as-code/commands.ts';
import { type Found, goneStep, isGone, judge, type NameMark, nameMark, type Step } from '../as-code/plan.ts';
import { type ManualSteps, type MixpanelPages, mixpanelPages } from '../as-code/render.ts';
import { addGroup, type CommandContext } from '../cli/command.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import type { SentryApi } from '../sentry-api/sentry-api.ts';
import {
  findProject,
  openSentryApi,
  readSentrySettings,
  type SentrySettings,
  sayEnvironment,
} from '../sentry-api/settings.ts';
import type { SentryDashboardDetails, SentryDashboardSummary, SentryProject } from '../sentry-api/shapes.ts';
import { boardBody, fieldsOfBoard, wantedBoard } from './board.ts';

/** `qr-obs dashboards`: the dashboards of observability/dashboards.ts, and the vendors. */
export const addDashboardsCommands: CommandGroup = (program, context) => {
  const group = addGroup(program, 'dashboards', 'The dashboards of observability/dashboards.ts, and the vendors');
  addPlanAndApply(group, context, {
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

interface FoundDashboard extends Found {
  /** Read for those that the file names and that are ours: the list has no widgets. */
  readonly details: SentryDashboardDetails | undefined;
}

/** Compares dashboards with what Sentry has. Changes nothing. */
async function planDashboards(
  api: SentryApi,
  settings: SentrySettings,
  dashboards: readonly SentryDashboard[],
): Promise<readonly Step[]> {
  const projects = [
    await findProject(api, settings, 'SENTRY_BACKEND_PROJECT', settings.backendProject),
    await findProject(api, settings, 'SENTRY_PROJECT', settings.frontendProject),
  ];
  const mark = nameMark(settings.backendProject);
  const titles = new Set(dashboards.map(({ title }) => title));
  const summaries = await api.list<SentryDashboardSummary>('dashboards/');
  const there = await Promise.all(summaries.map((summary) => readDashboard(api, summary, mark, titles)));
  return [
    ...dashboards.map((dashboard) => dashboardStep(dashboard, { api, settings, projects, mark, there })),
    ...there
      .filter((found) => isGone(found, titles))
      .map(({ id, name }) => goneStep(api, 'dashboard', id, mark.add(name), `dashboards/${id}/`)),
  ];
}

async function readDashboard(
  api: SentryApi,
  { id, title }: SentryDashboardSummary,
  mark: NameMark,
  titles: ReadonlySet<string>,
): Promise<FoundDashboard> {
  const name = mark.strip(title);
  const isRead = name !== undefined && titles.has(name);
  const details = isRead ? await api.get<SentryDashboardDetails>(`dashboards/${id}/`) : undefined;
  return { id, name: name ?? title, isOurs: name !== undefined, details };
}

function dashboardStep(
  dashboard: SentryDashboard,
  {
    api,
    settings,
    projects,
    mark,
    there,
  }: {
    readonly api: SentryApi;
    readonly settings: SentrySettings;
    readonly projects: readonly SentryProject[];
    readonly mark: NameMark;
    readonly there: readonly FoundDashboard[];
  },
): Step {
  const title = mark.add(dashboard.title);
  const wanted = wantedBoard(dashboard, projects, settings.environment);
  const item = judge(
    {
      kind: 'dashboard',
      name: dashboard.title,
      fullName: title,
      fields: fieldsOfBoard(wanted, projects),
      handover: `add " ${mark.text}" to its title`,
    },
    there,
    ({ details }) => (details ? fieldsOfBoard(details, projects) : {}),
  );
  const found = there.find(({ id }) => id === item.id)?.details;
  return {
    item,
    async perform() {
      const body = boardBody(title, wanted, found);
      const stored = found
        ? await api.update<SentryDashboardSummary>(`dashboards/${found.id}/`, body)
        : await api.create<SentryDashboardSummary>('dashboards/', body, () => findDashboard(api, title));
      return stored.id;
    },
  };
}

/** Looks for a dashboard of ours that a POST may have made. */
async function findDashboard(api: SentryApi, title: string): Promise<SentryDashboardSummary | undefined> {
  return (await api.list<SentryDashboardSummary>('dashboards/')).find((dashboard) => dashboard.title === title);
}

const MIXPANEL_BOARDS_INTRODUCTION =
  'Mixpanel has no public API for boards, reports and cohorts, so that nothing is compared here. By hand:';

/** How to make a board with its reports on Mixpanel's pages. */
function boardSteps({ title, description, reports }: MixpanelBoard, { page }: MixpanelPages): ManualSteps {
  return {
    title: `Board "${title}"`,
    steps: [
      `Open ${page('boards')}, make a new board and name it "${title}". Description: ${description}`,
      ...reports.map(
        (report) =>
          `Add the report "${report.title}": ${sayReport(report)}; the last ${report.lastDays} days.${report.caution ? ` ${report.caution}` : ''}`,
      ),
    ],
  };
}

/** How to make a cohort. */
function cohortSteps({ name, description, conditions }: MixpanelCohort, { page }: MixpanelPages): ManualSteps {
  return {
    title: `Cohort "${name}"`,
    steps: [
      `Open ${page('boards')}, go to Cohorts and make a new one: users who ${conditions.map(sayCondition).join(', and who ')}.`,
      `Save it as "${name}". Description: ${description}`,
    ],
  };
}

function sayReport(report: MixpanelReport): string {
  if (report.kind === 'insights') return sayInsights(report);
  return report.kind === 'funnel' ? sayFunnel(report) : sayRetention(report);
}

function sayInsights({ metrics, chart, unit, breakdown }: InsightsReport): string {
  const events = metrics.map(({ event, count }) => `${event} (${count === 'total' ? 'Total Events' : 'Unique Users'})`);
  const shape = chart === 'line' ? `a line, by ${unit}` : 'bars';
  return `Insights, ${events.join(' and ')}, as ${shape}${breakdown === undefined ? '' : `, broken down by ${breakdown}`}`;
}

function sayFunnel({ steps, windowDays }: FunnelReport): string {
  return `Funnels, steps ${steps.join(', then ')}; uniques, in this order, within ${windowDays} days`;
}

function sayRetention({ birth, comeback, unit, criteria }: RetentionReport): string {
  return `Retention, first ${birth}, then ${comeback}, by ${unit}, counted "${criteria === 'on' ? 'On' : 'On or After'}"`;
}

function sayCondition({ event, times, lastDays }: CohortCondition): string {
  const when = `in the last ${lastDays} days`;
  if ('atLeast' in times) return `did ${event} at least ${sayTimes(times.atLeast)} ${when}`;
  return times.atMost === 0 ? `did not do ${event} ${when}` : `did ${event} at most ${sayTimes(times.atMost)} ${when}`;
}

function sayTimes(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}
