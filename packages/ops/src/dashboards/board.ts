import type { SentryDashboard, SentryWidget } from '@qr/alerts/config';
import type { Fields } from '../as-code/plan.ts';
import type {
  SentryDashboardDetails,
  SentryProject,
  SentryWidgetDetails,
  SentryWidgetQuery,
} from '../sentry-api/shapes.ts';

/** What we manage of a dashboard, in the words of Sentry's API: a dashboard that Sentry has is one, too. */
interface Board extends Pick<SentryDashboardDetails, 'projects' | 'environment' | 'period'> {
  readonly widgets: readonly Widget[];
}

interface Widget extends Omit<SentryWidgetDetails, 'id' | 'queries'> {
  readonly queries: readonly Omit<SentryWidgetQuery, 'id'>[];
}

/** An hour is fine enough for a day, and coarse enough for two weeks. */
const INTERVAL = '1h';
const COLUMNS = 6;
const HEIGHT = 2;

/** What the file asks for. @param environment all when `null` */
export function wantedBoard(
  { period, widgets }: SentryDashboard,
  projects: readonly SentryProject[],
  environment: string | null,
): Board {
  const places = placesOf(widgets);
  return {
    projects: projects.map(({ id }) => Number(id)),
    environment: environment === null ? [] : [environment],
    period,
    widgets: widgets.map(({ title, description, display, dataset, limit = null, ...query }, index) => ({
      title,
      description,
      displayType: display,
      widgetType: dataset,
      interval: INTERVAL,
      limit,
      layout: places[index] ?? null,
      queries: [
        {
          aggregates: query.aggregates,
          columns: query.columns ?? [],
          conditions: query.conditions,
          orderby: query.orderBy ?? '',
        },
      ],
    })),
  };
}

/** Field by field, for people and for comparing. */
export function fieldsOfBoard(
  { projects, environment, period, widgets }: Board,
  known: readonly SentryProject[],
): Fields {
  const slugOf = (id: number) => known.find((project) => project.id === String(id))?.slug ?? `number ${id}`;
  return {
    projects: projects.map(slugOf).sort().join(', ') || 'all',
    environment: [...(environment ?? [])].sort().join(', ') || 'all',
    period: period ?? 'none',
    ...Object.fromEntries(widgetFields(widgets)),
  };
}

/** The body of a POST or a PUT. A widget is known again by its title; one that is not named is removed. */
export function boardBody(title: string, board: Board, found?: SentryDashboardDetails): object {
  const left = [...(found?.widgets ?? [])];
  const takeNamed = (name: string) => {
    const index = left.findIndex((widget) => widget.title === name);
    return index === -1 ? undefined : left.splice(index, 1)[0];
  };
  return {
    title,
    ...board,
    ...(found?.filters ? { filters: found.filters } : {}),
    widgets: board.widgets.map((widget) => widgetBody(widget, takeNamed(widget.title))),
  };
}

/** A widget in the body of a POST or a PUT; without its id a PUT would make it anew. */
function widgetBody(widget: Widget, found?: SentryWidgetDetails): object {
  return {
    ...(found ? { id: found.id } : {}),
    ...widget,
    queries: widget.queries.map((query, index) => ({
      ...(found?.queries[index] ? { id: found.queries[index].id } : {}),
      name: '',
      fields: termsOf(query),
      ...query,
    })),
  };
}

function widgetFields(widgets: readonly Widget[]): readonly (readonly [string, string])[] {
  const seen = new Map<string, number>();
  return widgets.flatMap((widget) => {
    const count = (seen.get(widget.title) ?? 0) + 1;
    seen.set(widget.title, count);
    // Someone may have added another of the same title.
    const name = count === 1 ? `"${widget.title}"` : `"${widget.title}" (${count})`;
    return [[name, sayWidget(widget)] as const, [`${name} says`, widget.description ?? ''] as const];
  });
}

function sayWidget({ displayType, widgetType, interval, limit, layout, queries }: Widget): string {
  const groups = limit === null ? '' : `, ${limit} groups`;
  const position = layout ? `${layout.w} x ${layout.h} at column ${layout.x}, row ${layout.y}` : 'nowhere';
  return `${displayType} by ${interval} of ${widgetType ?? 'none'}: ${queries.map(sayQuery).join('; ')}${groups}, ${position}`;
}

function sayQuery(query: Widget['queries'][number]): string {
  const { conditions, orderby } = query;
  return [termsOf(query).join(', '), conditions && `where ${conditions}`, orderby && `ordered by ${orderby}`]
    .filter(Boolean)
    .join(' ');
}

function termsOf({ aggregates, columns }: Widget['queries'][number]): readonly string[] {
  return [...(columns ?? []), ...(aggregates ?? [])];
}

/** Places widgets in rows, from left to right; one that does not fit begins the next row, below the tallest. */
export function placesOf(widgets: readonly SentryWidget[]): readonly NonNullable<SentryWidgetDetails['layout']>[] {
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
