import type { Segmentation } from '../../../src/query/analytics/segmentation.ts';
import { hourIn } from '../reports/calendar.ts';
import { type InsightsView, MOST_SERIES } from './insights-view.ts';

interface Series {
  readonly name: string;
  readonly values: readonly number[];
  /** Over the whole range, where who came on several days is one. */
  readonly figure: number;
}

export interface Figures {
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  /** Whether there are smaller ones that are not here. */
  readonly hasMore: boolean;
}

/** An answer as it is shown: without the hours to come. */
export function figuresOf({ data, overall }: Segmentation, view: InsightsView, now: number): Figures {
  const current = hourIn(view.zone, now);
  const labels = data.series.filter((label) => view.unit !== 'hour' || label <= current);
  const all = Object.entries(data.values).map(([name, byLabel]): Series => {
    const values = labels.map((label) => byLabel[label] ?? 0);
    return { name, values, figure: overall[name] ?? 0 };
  });
  const some = view.property === '' ? all : all.filter(({ figure }) => figure > 0);
  const sorted = some.sort((left, right) => right.figure - left.figure);
  return { labels, series: sorted.slice(0, MOST_SERIES), hasMore: sorted.length > MOST_SERIES };
}

/** What a figure is of. */
export function figureText({ measure }: InsightsView, figure?: number): string {
  if (measure === 'total') return figure === 1 ? 'event in all' : 'events in all';
  if (measure === 'unique') return figure === 1 ? 'person in all' : 'people in all';
  return 'events a person';
}
