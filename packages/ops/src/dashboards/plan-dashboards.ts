import type { SentryDashboard } from '@qr/alerts/config';
import { goneStep, type Step } from '../as-code/apply.ts';
import { type NameMark, nameMark } from '../as-code/mark.ts';
import { type Found, isGone, judge } from '../as-code/plan.ts';
import type { SentryApi } from '../sentry-api/sentry-api.ts';
import { findProject, type SentrySettings } from '../sentry-api/settings.ts';
import type { SentryDashboardDetails, SentryDashboardSummary, SentryProject } from '../sentry-api/shapes.ts';
import { boardBody, boardOf, fieldsOfBoard, wantedBoard } from './board.ts';

interface FoundDashboard extends Found {
  /** Read for those that the file names and that are ours: the list has no widgets. */
  readonly details: SentryDashboardDetails | undefined;
}

/** Compares dashboards with what Sentry has. Changes nothing. */
export async function planDashboards(
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
    ({ details }) => (details ? fieldsOfBoard(boardOf(details), projects) : {}),
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
