import { dateIn, datePlus, zoneIn } from '../reports/calendar.ts';
import { type Cohort, cohortIn, cohortParameter } from '../reports/cohort.tsx';
import { hrefOf, type Options, optionIn } from '../shared/location.tsx';

type Counting = 'unique' | 'totals';
type Window = '1h' | '1d' | '7d' | '30d';
type Range = '1d' | '7d' | '30d';

export const COUNTINGS: Options<Counting> = { unique: 'People', totals: 'Every attempt' };
export const WINDOWS: Options<Window> = { '1h': '1 hour', '1d': '1 day', '7d': '7 days', '30d': '30 days' };
export const RANGES: Options<Range> = { '1d': 'Today', '7d': 'Last 7 days', '30d': 'Last 30 days' };
const LENGTHS: Readonly<Record<Window, readonly [string, string]>> = {
  '1h': ['1', 'hour'],
  '1d': ['1', 'day'],
  '7d': ['7', 'day'],
  '30d': ['30', 'day'],
};

/** Of the API: a funnel of one step is none. */
export const FEWEST_STEPS = 2;
export const MOST_STEPS = 30;

/** What is asked, as the address says it. */
export interface FunnelView {
  /** Undefined: those that the inbox suggests. */
  readonly steps: readonly string[] | undefined;
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

export function funnelPath(view: FunnelView, steps: readonly string[], now: number): string {
  return hrefOf('/api/query/funnels', {
    ...timeParameters(view, now),
    steps: JSON.stringify(steps),
    type: view.counting === 'totals' ? 'general' : 'unique',
    cohort: cohortParameter(view.cohort),
  });
}

/** Where the inbox says which steps to begin with. */
export function suggestedStepsPath(view: FunnelView, now: number): string {
  return hrefOf('/api/query/funnels/default', timeParameters(view, now));
}

function timeParameters({ window, range, zone }: FunnelView, now: number): Readonly<Record<string, string>> {
  const today = dateIn(zone, now);
  const [length, unit] = LENGTHS[window];
  return {
    length,
    length_unit: unit,
    from_date: datePlus(today, 1 - Number.parseInt(range, 10)),
    to_date: today,
    timezone: zone,
  };
}

/** Returns the steps in the URL, if any. They are JSON because an event name can contain any character. */
export function stepsIn(query: URLSearchParams): readonly string[] | undefined {
  try {
    const steps: unknown = JSON.parse(query.get('steps') ?? '');
    if (!Array.isArray(steps)) return undefined;
    const names = steps.filter((step) => typeof step === 'string' && step !== '').slice(0, MOST_STEPS);
    return names.length < FEWEST_STEPS ? undefined : names;
  } catch {
    return undefined;
  }
}
