import type { Condition } from './conditions.ts';
import { allEntries, type FunnelEntry, type FunnelRules, firstEntry, firstEntryOfEach } from './funnel-entries.ts';
import { type FunnelFigures, FunnelTally, type StepFigures } from './funnel-tally.ts';
import { segmentsOf } from './property.ts';
import type { TimeBuckets } from './time-buckets.ts';
import type { Timeline } from './timelines.ts';
import { topSegments } from './top-segments.ts';

/** Users once, or every attempt. */
type FunnelCounting = 'unique' | 'general';

export interface FunnelQuery extends FunnelRules {
  readonly type: FunnelCounting;
  readonly buckets: TimeBuckets;
  /** Applied to whole entries after conversion, by the properties of their first step. */
  readonly where?: Condition | undefined;
  /** The property of the first step to break down by. */
  readonly on?: string | undefined;
  readonly limit: number;
}

/** With a breakdown: the steps of everybody under `$overall`, and of each segment under its name. */
type SegmentedFigures = Readonly<Record<string, readonly StepFigures[]>>;

/** As the vendor answers, and `overall`: the same figures for the whole range. */
export interface Funnel {
  readonly meta: { readonly dates: readonly string[] };
  /** By the date of entry. */
  readonly data: Readonly<Record<string, FunnelFigures | SegmentedFigures>>;
  readonly overall: FunnelFigures | SegmentedFigures;
}

/**
 * One funnel over the whole range, of which each entry is shown under its date, so that the dates add up to the whole
 * (`unique` counts a user once in the range, not once a day). Segments come from the first step.
 * @see https://docs.mixpanel.com/docs/reports/funnels/funnels-advanced
 */
export function funnel(timelines: Iterable<Timeline>, query: FunnelQuery): Funnel {
  const everybody = new TallyByBucket(query);
  const segments = new Map<string, TallyByBucket>();
  const addToSegment = (segment: string, entry: FunnelEntry): void => {
    let tally = segments.get(segment);
    if (tally === undefined) {
      tally = new TallyByBucket(query);
      segments.set(segment, tally);
    }
    tally.add(entry);
  };
  for (const timeline of timelines) addTimeline(timeline, query, everybody, addToSegment);

  const sizes = [...segments].map(([segment, tally]) => ({ segment, tally, size: tally.whole.entries }));
  const shown = topSegments(sizes, query.limit);
  const at = (bucket?: number): FunnelFigures | SegmentedFigures => {
    const overall = everybody.figures(bucket);
    if (query.on === undefined) return overall;
    const named = shown.filter(({ tally }) => tally.has(bucket));
    return Object.fromEntries([
      ['$overall', overall.steps],
      ...named.map(({ segment, tally }) => [segment, tally.figures(bucket).steps] as const),
    ]);
  };
  const dates = query.buckets.labels;
  return { meta: { dates }, data: Object.fromEntries(dates.map((date, bucket) => [date, at(bucket)])), overall: at() };
}

function addTimeline(
  timeline: Timeline,
  query: FunnelQuery,
  everybody: TallyByBucket,
  addToSegment: (segment: string, entry: FunnelEntry) => void,
): void {
  const { type, on, where } = query;
  const passes = ({ entry }: FunnelEntry): boolean => where === undefined || where(entry.properties);
  if (type === 'unique') {
    const first = firstEntry(timeline, query);
    if (first === undefined) return;
    if (passes(first)) everybody.add(first);
    if (on === undefined) return;
    for (const [segment, entry] of firstEntryOfEach(timeline, query, on))
      if (passes(entry)) addToSegment(segment, entry);
    return;
  }
  for (const attempt of allEntries(timeline, query).filter(passes)) {
    everybody.add(attempt);
    if (on === undefined) continue;
    for (const segment of segmentsOf(attempt.entry.properties, on)) addToSegment(segment, attempt);
  }
}

/** Entries added up for the whole range and for each bucket that has any. */
class TallyByBucket {
  readonly whole: FunnelTally;
  readonly #events: readonly string[];
  readonly #buckets: TimeBuckets;
  readonly #tallies = new Map<number, FunnelTally>();

  constructor({ steps, buckets }: FunnelQuery) {
    this.#events = steps.map(({ event }) => event);
    this.#buckets = buckets;
    this.whole = new FunnelTally(this.#events);
  }

  add(attempt: FunnelEntry): void {
    const bucket = this.#buckets.indexOf(attempt.entry.time);
    let tally = this.#tallies.get(bucket);
    if (tally === undefined) {
      tally = new FunnelTally(this.#events);
      this.#tallies.set(bucket, tally);
    }
    tally.add(attempt);
    this.whole.add(attempt);
  }

  has(bucket?: number): boolean {
    return bucket === undefined || this.#tallies.has(bucket);
  }

  figures(bucket?: number): FunnelFigures {
    if (bucket === undefined) return this.whole.figures();
    return (this.#tallies.get(bucket) ?? new FunnelTally(this.#events)).figures();
  }
}
