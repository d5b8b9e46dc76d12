import type { Segmentation } from '../../../src/query/analytics/segmentation.ts';
import { hourIn } from '../reports/calendar.ts';
import { HOURS, type InsightsView, MOST_SERIES } from './insights-view.ts';

interface Series {
  readonly name: string;
  readonly values: readonly number[];
  /** What the whole of it comes to. */
  readonly figure: number;
}

export interface Figures {
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  /** Whether there are smaller ones that are not here. */
  readonly hasMore: boolean;
}

/** An answer as it is shown: no hours to come, of the last 24 no more than those. */
export function figuresOf({ data }: Segmentation, view: InsightsView, now: number): Figures {
  const current = hourIn(view.zone, now);
  const past = data.series.filter((label) => view.unit !== 'hour' || label <= current);
  const labels = view.range === '24h' ? past.slice(-HOURS) : past;
  const all = Object.entries(data.values).map(([name, byLabel]): Series => {
    const values = labels.map((label) => byLabel[label] ?? 0);
    return { name, values, figure: figureOf(values, view) };
  });
  const some = view.property === '' ? all : all.filter(({ figure }) => figure > 0);
  const sorted = some.sort((left, right) => right.figure - left.figure);
  return { labels, series: sorted.slice(0, MOST_SERIES), hasMore: sorted.length > MOST_SERIES };
}

/** People of several days may be the same ones, so that only events add up. */
function figureOf(values: readonly number[], { measure }: InsightsView): number {
  const sum = values.reduce((total, value) => total + value, 0);
  if (measure === 'total') return sum;
  const counted = measure === 'unique' ? values.length : values.filter((value) => value > 0).length;
  return counted === 0 ? 0 : sum / counted;
}

/** What a figure is of. */
export function figureText({ measure, unit }: InsightsView, figure?: number): string {
  if (measure === 'total') return figure === 1 ? 'event in all' : 'events in all';
  if (measure === 'unique') return `people in an average ${unit}`;
  return `events a person, in an average ${unit} with any`;
}
