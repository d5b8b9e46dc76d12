import type { SentryWidget } from '@qr/alerts/config';
import type { SentryWidgetDetails } from '../sentry-api/shapes.ts';
import type { Place } from './layout.ts';

/** What we manage of a widget. */
export interface Widget {
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
export function wantedWidget(widget: SentryWidget, place: Place): Widget {
  const { title, description, display, dataset, limit = null, aggregates, columns = [], conditions } = widget;
  const queries = [{ aggregates, columns, conditions, orderBy: widget.orderBy ?? '' }];
  return { title, description, display, dataset, interval: INTERVAL, limit, place, queries };
}

/** What Sentry has. */
export function widgetOf(widget: SentryWidgetDetails): Widget {
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
export function sayWidget(widget: Widget): { readonly shows: string; readonly says: string } {
  const { description, display, dataset, interval, limit, place, queries } = widget;
  const groups = limit === null ? '' : `, ${limit} groups`;
  const position = place ? `${place.w} x ${place.h} at column ${place.x}, row ${place.y}` : 'nowhere';
  return {
    shows: `${display} by ${interval} of ${dataset}: ${queries.map(sayQuery).join('; ')}${groups}, ${position}`,
    says: description,
  };
}

/** A widget in the body of a POST or a PUT; without its id a PUT would make it anew. */
export function widgetBody(widget: Widget, found?: SentryWidgetDetails): object {
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
