import type { SentryDashboard } from '@qr/alerts/config';
import type { Fields } from '../as-code/fields.ts';
import type { SentryDashboardDetails, SentryProject, SentryWidgetDetails } from '../sentry-api/shapes.ts';
import { placesOf } from './layout.ts';
import { sayWidget, type Widget, wantedWidget, widgetBody, widgetOf } from './widget.ts';

/** What we manage of a dashboard. */
export interface Board {
  /** Ids of projects, as numbers. */
  readonly projects: readonly number[];
  /** Empty for all. */
  readonly environments: readonly string[];
  readonly period: string;
  readonly widgets: readonly Widget[];
}

/** What the file asks for. */
export function wantedBoard(
  { period, widgets }: SentryDashboard,
  projects: readonly SentryProject[],
  environment: string | null,
): Board {
  const places = placesOf(widgets);
  return {
    projects: projects.map(({ id }) => Number(id)),
    environments: environment === null ? [] : [environment],
    period,
    widgets: widgets.flatMap((widget, index) => {
      const place = places[index];
      return place ? [wantedWidget(widget, place)] : [];
    }),
  };
}

/** What Sentry has. */
export function boardOf({ projects, environment, period, widgets }: SentryDashboardDetails): Board {
  return { projects, environments: environment ?? [], period: period ?? 'none', widgets: widgets.map(widgetOf) };
}

/** Field by field, for people and for comparing. */
export function fieldsOfBoard(board: Board, known: readonly SentryProject[]): Fields {
  const slugOf = (id: number) => known.find((project) => project.id === String(id))?.slug ?? `number ${id}`;
  return {
    projects: board.projects.map(slugOf).sort().join(', ') || 'all',
    environment: [...board.environments].sort().join(', ') || 'all',
    period: board.period,
    ...Object.fromEntries(widgetFields(board.widgets)),
  };
}

/** The body of a POST or a PUT. A widget is known again by its title; one that is not named is removed. */
export function boardBody(title: string, board: Board, found?: SentryDashboardDetails): object {
  const left: SentryWidgetDetails[] = [...(found?.widgets ?? [])];
  const takeNamed = (name: string) => {
    const index = left.findIndex((widget) => widget.title === name);
    return index === -1 ? undefined : left.splice(index, 1)[0];
  };
  return {
    title,
    projects: board.projects,
    environment: board.environments,
    period: board.period,
    ...(found?.filters ? { filters: found.filters } : {}),
    widgets: board.widgets.map((widget) => widgetBody(widget, takeNamed(widget.title))),
  };
}

function widgetFields(widgets: readonly Widget[]): readonly (readonly [string, string])[] {
  const seen = new Map<string, number>();
  return widgets.flatMap((widget) => {
    const count = (seen.get(widget.title) ?? 0) + 1;
    seen.set(widget.title, count);
    // Someone may have added another of the same title.
    const name = count === 1 ? `"${widget.title}"` : `"${widget.title}" (${count})`;
    const { shows, says } = sayWidget(widget);
    return [[name, shows] as const, [`${name} says`, says] as const];
  });
}
