import type { Segmentation } from '../../../src/query/analytics/segmentation.ts';
import { dateIn, datePlus, hourIn, zoneIn } from '../reports/calendar.ts';
import { type Cohort, cohortIn, cohortParameter } from '../reports/cohort.tsx';
import type { KnownEvents } from '../reports/report-page.tsx';
import { hrefOf, type Options, optionIn } from '../shared/location.tsx';

type Measure = 'total' | 'unique' | 'average';
export type Unit = 'hour' | 'day' | 'week';
type Range = '2d' | '7d' | '30d';

export const MEASURES: Options<Measure> = { total: 'Events', unique: 'People', average: 'Events a person' };
const UNITS = { hour: 'Hour', day: 'Day', week: 'Week' } as const;
export const RANGES: Options<Range> = { '2d': 'Yesterday and today', '7d': 'Last 7 days', '30d': 'Last 30 days' };
const DAYS: Readonly<Record<Range, number>> = { '2d': 2, '7d': 7, '30d': 30 };
/** What the points of a series are called. */
export const UNIT_TEXT: Readonly<Record<Unit, string>> = { hour: 'Hour', day: 'Day', week: 'Week from' };
/** As many lines as one can tell apart. */
const MOST_SERIES = 8;

/** What is asked, as the address says it. */
export interface InsightsView {
  readonly event: string;
  readonly measure: Measure;
  readonly unit: Unit;
  readonly range: Range;
  /** The property to break down by; `''` for none. */
  readonly property: string;
  readonly zone: string;
  readonly cohort: Cohort | null;
}

export function insightsView(query: URLSearchParams, { seen }: KnownEvents): InsightsView {
  const range = optionIn(query, 'range', RANGES, '7d');
  return {
    event: query.get('event') ?? seen[0]?.name ?? '',
    measure: optionIn(query, 'measure', MEASURES, 'total'),
    unit: optionIn(query, 'unit', unitsOf(range), range === '2d' ? 'hour' : 'day'),
    range,
    property: query.get('on') ?? '',
    zone: zoneIn(query),
    cohort: cohortIn(query),
  };
}

/** Of two days there is nothing to see but hours. */
export function unitsOf(range: Range): Options<Unit> {
  return range === '2d' ? { hour: UNITS.hour } : UNITS;
}

export function insightsPath(view: InsightsView, now: number): string {
  const { event, measure, unit, range, property, zone, cohort } = view;
  const today = dateIn(zone, now);
  return hrefOf('/api/query/segmentation', {
    event,
    type: measure === 'total' ? 'general' : measure,
    unit,
    from_date: datePlus(today, 1 - DAYS[range]),
    to_date: today,
    timezone: zone,
    on: property === '' ? null : `properties[${JSON.stringify(property)}]`,
    // One more, to know whether there are more.
    limit: property === '' ? null : String(MOST_SERIES + 1),
    cohort: cohortParameter(cohort),
  });
}

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
