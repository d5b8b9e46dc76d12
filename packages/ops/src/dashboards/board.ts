import type { SentryDashboard, SentryWidget } from '@qr/observability/dashboards';
import type { Fields } from '../as-code/plan.ts';
import type { SentryDashboardDetails, SentryProject, SentryWidgetDetails } from '../sentry-api/shapes.ts';

/** What we manage of a dashboard. */
interface Board {
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

/** Where a widget stands: columns and rows of Sentry's grid. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly minH: number;
}

const COLUMNS = 6;
const HEIGHT = 2;

/** Places widgets in rows, from left to right; one that does not fit begins the next row, below the tallest. */
export function placesOf(widgets: readonly SentryWidget[]): readonly Place[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return widgets.map(({ width, height = HEIGHT }) => {
    if (x + width > COLUMNS) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const place = { x, y, w: width, h: height, minH: HEIGHT };
    x += width;
    rowHeight = Math.max(rowHeight, height);
    return place;
  });
}

/** What we manage of a widget. */
interface Widget {
  readonly title: string;
  readonly description: string;
  readonly display: string;
  readonly dataset: string;
  readonly interval: string;
  readonly limit: number | null;
  readonly place: Place | null;
  readonly queries: readonly WidgetQuery[];
}

interface WidgetQuery {
  readonly aggregates: readonly string[];
  readonly columns: readonly string[];
  readonly conditions: string;
  readonly orderBy: string;
}

/** An hour is fine enough for a day, and coarse enough for two weeks. */
const INTERVAL = '1h';

/** What the file asks for. */
function wantedWidget(widget: SentryWidget, place: Place): Widget {
  const { title, description, display, dataset, limit = null, aggregates, columns = [], conditions } = widget;
  const queries = [{ aggregates, columns, conditions, orderBy: widget.orderBy ?? '' }];
  return { title, description, display, dataset, interval: INTERVAL, limit, place, queries };
}

/** What Sentry has. */
function widgetOf(widget: SentryWidgetDetails): Widget {
  return {
    title: widget.title,
    description: widget.description ?? '',
    display: widget.displayType,
    dataset: widget.widgetType ?? 'none',
    interval: widget.interval,
    limit: widget.limit,
    place: widget.layout,
    queries: widget.queries.map(({ aggregates, columns, conditions, orderby }) => ({
      aggregates: aggregates ?? [],
      columns: columns ?? [],
      conditions,
      orderBy: orderby,
    })),
  };
}

/** What it shows and what it says, for people and for comparing. */
function sayWidget(widget: Widget): { readonly shows: string; readonly says: string } {
  const { description, display, dataset, interval, limit, place, queries } = widget;
  const groups = limit === null ? '' : `, ${limit} groups`;
  const position = place ? `${place.w} x ${place.h} at column ${place.x}, row ${place.y}` : 'nowhere';
  return {
    shows: `${display} by ${interval} of ${dataset}: ${queries.map(sayQuery).join('; ')}${groups}, ${position}`,
    says: description,
  };
}

/** A widget in the body of a POST or a PUT; without its id a PUT would make it anew. */
function widgetBody(widget: Widget, found?: SentryWidgetDetails): object {
  return {
    ...(found ? { id: found.id } : {}),
    title: widget.title,
    description: widget.description,
    displayType: widget.display,
    widgetType: widget.dataset,
    interval: widget.interval,
    limit: widget.limit,
    layout: widget.place,
    queries: widget.queries.map(({ aggregates, columns, conditions, orderBy }, index) => ({
      ...(found?.queries[index] ? { id: found.queries[index].id } : {}),
      name: '',
      fields: [...columns, ...aggregates],
      aggregates,
      columns,
      conditions,
      orderby: orderBy,
    })),
  };
}

function sayQuery({ aggregates, columns, conditions, orderBy }: WidgetQuery): string {
  return [
    [...columns, ...aggregates].join(', '),
    conditions && `where ${conditions}`,
    orderBy && `ordered by ${orderBy}`,
  ]
    .filter(Boolean)
    .join(' ');
}
