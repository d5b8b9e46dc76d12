import { dateIn, datePlus, zoneIn } from '../reports/calendar.ts';
import { type Cohort, cohortIn, cohortParameter } from '../reports/cohort.ts';
import { type Options, optionIn } from '../reports/options.ts';
import { hrefOf } from '../shared/location.ts';

type Counting = 'unique' | 'totals';
type Window = '1h' | '1d' | '7d' | '30d';
type Range = '1d' | '7d' | '30d';

export const COUNTINGS: Options<Counting> = [
  ['unique', 'People'],
  ['totals', 'Every attempt'],
];
export const WINDOWS: Options<Window> = [
  ['1h', '1 hour'],
  ['1d', '1 day'],
  ['7d', '7 days'],
  ['30d', '30 days'],
];
export const RANGES: Options<Range> = [
  ['1d', 'Today'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
];
const LENGTHS: Readonly<Record<Window, readonly [string, string]>> = {
  '1h': ['1', 'hour'],
  '1d': ['1', 'day'],
  '7d': ['7', 'day'],
  '30d': ['30', 'day'],
};

/** From the first look to the first scan. */
const DEFAULT_STEPS: readonly string[] = ['page_viewed', 'signup_completed', 'qr_created', 'qr_scanned'];
/** Of the API: a funnel of one step is none. */
export const FEWEST_STEPS = 2;
export const MOST_STEPS = 30;

/** What is asked, as the address says it. */
export interface FunnelView {
  readonly steps: readonly string[];
  readonly counting: Counting;
  readonly window: Window;
  readonly range: Range;
  readonly zone: string;
  readonly cohort: Cohort | null;
}

export function funnelView(query: URLSearchParams): FunnelView {
  return {
    steps: stepsIn(query),
    counting: optionIn(query, 'counting', COUNTINGS, 'unique'),
    window: optionIn(query, 'window', WINDOWS, '7d'),
    range: optionIn(query, 'range', RANGES, '7d'),
    zone: zoneIn(query),
    cohort: cohortIn(query),
  };
}

export function funnelPath({ steps, counting, window, range, zone, cohort }: FunnelView, now: number): string {
  const today = dateIn(zone, now);
  const [length, unit] = LENGTHS[window];
  return hrefOf('/api/query/funnels', {
    steps: JSON.stringify(steps),
    length,
    length_unit: unit,
    type: counting === 'totals' ? 'general' : 'unique',
    from_date: datePlus(today, 1 - Number.parseInt(range, 10)),
    to_date: today,
    timezone: zone,
    cohort: cohortParameter(cohort),
  });
}

/** JSON, as the name of an event may have any character in it. */
export function stepsIn(query: URLSearchParams, fallback = DEFAULT_STEPS): readonly string[] {
  try {
    const steps: unknown = JSON.parse(query.get('steps') ?? '');
    if (!Array.isArray(steps)) return fallback;
    const names = steps.filter((step) => typeof step === 'string' && step !== '').slice(0, MOST_STEPS);
    return names.length < FEWEST_STEPS ? fallback : names;
  } catch {
    return fallback;
  }
}
