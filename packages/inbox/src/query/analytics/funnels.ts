import Type from 'typebox';
import { Check } from 'typebox/value';
import { getOrAdd } from '../../collections.ts';
import type { TimeBuckets } from './calendar.ts';
import { jsonParameter, ParameterError } from './parameters.ts';
import { topSegments } from './segmentation.ts';
import { firstAtOrAfter, type Timeline, type UserEvent } from './user-events.ts';
import { type Condition, parseWhere, segmentsOf } from './where.ts';

/** Users once, or every attempt. */
type FunnelCounting = 'unique' | 'general';

interface FunnelQuery extends FunnelRules {
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
interface Funnel {
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
  const addToSegment = (segment: string, entry: FunnelEntry): void =>
    getOrAdd(segments, segment, () => new TallyByBucket(query)).add(entry);
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
    getOrAdd(this.#tallies, bucket, () => new FunnelTally(this.#events)).add(attempt);
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

/** One step of a funnel, in the words of the vendor. Times are in seconds, and null where there is nothing to measure. */
export interface StepFigures {
  readonly event: string;
  readonly goal: string;
  readonly step_label: string;
  readonly count: number;
  /** Of those at the step before. */
  readonly step_conv_ratio: number;
  /** Of those at the first step. */
  readonly overall_conv_ratio: number;
  /** From the step before, on average. */
  readonly avg_time: number | null;
  /** From the first step, on average. */
  readonly avg_time_from_start: number | null;
}

/** The steps with what stands out of them. */
export interface FunnelFigures {
  readonly steps: readonly StepFigures[];
  readonly analysis: {
    readonly completion: number;
    readonly starting_amount: number;
    readonly steps: number;
    /** The index of the step that keeps the least of those before it. */
    readonly worst: number;
  };
}

/** Adds up entries. */
class FunnelTally {
  readonly #events: readonly string[];
  readonly #counts: number[];
  readonly #msFromPrevious: number[];
  readonly #msFromStart: number[];

  /** @param events - that of each step */
  constructor(events: readonly string[]) {
    this.#events = events;
    this.#counts = events.map(() => 0);
    this.#msFromPrevious = events.map(() => 0);
    this.#msFromStart = events.map(() => 0);
  }

  get entries(): number {
    return this.#counts[0] ?? 0;
  }

  add({ times }: FunnelEntry): void {
    const start = times[0] ?? 0;
    times.forEach((time, step) => {
      this.#counts[step] = (this.#counts[step] ?? 0) + 1;
      // A step that the grace let come first took no time.
      const fromPrevious = Math.max(0, time - (times[step - 1] ?? start));
      this.#msFromPrevious[step] = (this.#msFromPrevious[step] ?? 0) + fromPrevious;
      this.#msFromStart[step] = (this.#msFromStart[step] ?? 0) + Math.max(0, time - start);
    });
  }

  figures(): FunnelFigures {
    const steps = this.#events.map((event, step) => this.#step(event, step));
    const later = steps.slice(1).map(({ step_conv_ratio }) => step_conv_ratio);
    const analysis = {
      completion: steps.at(-1)?.count ?? 0,
      starting_amount: this.entries,
      steps: steps.length,
      worst: later.indexOf(Math.min(...later)) + 1,
    };
    return { steps, analysis };
  }

  #step(event: string, step: number): StepFigures {
    const count = this.#counts[step] ?? 0;
    const before = this.#counts[step - 1] ?? count;
    const seconds = (ms: readonly number[]): number | null =>
      step === 0 || count === 0 ? null : Math.round((ms[step] ?? 0) / count) / 1000;
    return {
      event,
      goal: event,
      step_label: event,
      count,
      step_conv_ratio: step === 0 ? 1 : ratio(count, before),
      overall_conv_ratio: step === 0 ? 1 : ratio(count, this.entries),
      avg_time: seconds(this.#msFromPrevious),
      avg_time_from_start: seconds(this.#msFromStart),
    };
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Steps this close together count in either order. */
export const GRACE_MS = 2000;

/** One attempt of one user. */
interface FunnelEntry {
  /** The first step. */
  readonly entry: UserEvent;
  /** When each step was reached that was, the first one included. */
  readonly times: readonly number[];
}

interface FunnelRules {
  readonly steps: readonly FunnelStep[];
  /** From the first step to the last one that counts, which may be exactly so much later. */
  readonly windowMs: number;
  /** Entries begin here ... */
  readonly start: number;
  /** ... and before this; later steps may come after it. */
  readonly end: number;
}

/** A user's events that can be each step; in the order of time. */
type Candidates = readonly Timeline[];

function candidatesOf(timeline: Timeline, { steps }: FunnelRules): Candidates {
  return steps.map((step) => timeline.filter((event) => isStep(step, event)));
}

/** Counting by unique users: the first entry in the range and no other, even when a later one would have converted. */
function firstEntry(timeline: Timeline, rules: FunnelRules): FunnelEntry | undefined {
  const candidates = candidatesOf(timeline, rules);
  const entry = candidates[0]?.[firstAtOrAfter(candidates[0], rules.start)];
  return entry === undefined || entry.time >= rules.end ? undefined : follow(entry, candidates, rules, new Set());
}

/** Counting by unique users with a breakdown: the first entry for each value that the property has in the first step. */
function firstEntryOfEach(timeline: Timeline, rules: FunnelRules, on: string): Map<string, FunnelEntry> {
  const candidates = candidatesOf(timeline, rules);
  const entries = new Map<string, FunnelEntry>();
  for (const entry of entrances(candidates, rules)) {
    for (const segment of segmentsOf(entry.properties, on)) {
      if (!entries.has(segment)) entries.set(segment, follow(entry, candidates, rules, new Set()));
    }
  }
  return entries;
}

/**
 * Counting by totals: a user may enter again once the last attempt is over, by conversion or because its window has passed.
 * An event serves one attempt only.
 */
function allEntries(timeline: Timeline, rules: FunnelRules): FunnelEntry[] {
  const candidates = candidatesOf(timeline, rules);
  const used = new Set<UserEvent>();
  const entries: FunnelEntry[] = [];
  let free = rules.start;
  for (const entry of entrances(candidates, rules)) {
    if (entry.time < free || used.has(entry)) continue;
    const attempt = follow(entry, candidates, rules, used);
    entries.push(attempt);
    const hasConverted = attempt.times.length === rules.steps.length;
    // The window's last millisecond still belongs to the attempt.
    free = hasConverted ? Math.max(...attempt.times) : entry.time + rules.windowMs + 1;
  }
  return entries;
}

function* entrances(candidates: Candidates, { start, end }: FunnelRules): Generator<UserEvent> {
  const firsts = candidates[0] ?? [];
  for (let index = firstAtOrAfter(firsts, start); index < firsts.length; index += 1) {
    const entry = firsts[index];
    if (entry === undefined || entry.time >= end) return;
    yield entry;
  }
}

/**
 * Loose order: each step is the earliest event after the step before it, whatever lies between. "After" begins two seconds
 * early, so that neighbours that close may come in either order; the window is counted from the entry and nothing moves it.
 * Taking the earliest never loses a conversion, because it leaves the most time for the next step.
 */
function follow(entry: UserEvent, candidates: Candidates, rules: FunnelRules, used: Set<UserEvent>): FunnelEntry {
  const until = entry.time + rules.windowMs;
  const times = [entry.time];
  used.add(entry);
  let previous = entry.time;
  for (const events of candidates.slice(1)) {
    const next = firstFree(events, previous - GRACE_MS, until, used);
    if (next === undefined) break;
    used.add(next);
    times.push(next.time);
    previous = next.time;
  }
  return { entry, times };
}

function firstFree(events: Timeline, from: number, until: number, used: ReadonlySet<UserEvent>): UserEvent | undefined {
  for (let index = firstAtOrAfter(events, from); index < events.length; index += 1) {
    const event = events[index];
    if (event === undefined || event.time > until) return undefined;
    if (!used.has(event)) return event;
  }
  return undefined;
}

/** One step: an event, and what its properties must be. */
interface FunnelStep {
  readonly event: string;
  /** An inline filter: events that do not pass it are no such step. */
  readonly where?: Condition | undefined;
}

const Steps = Type.Array(
  Type.Union([
    Type.String({ minLength: 1 }),
    Type.Object(
      { event: Type.String({ minLength: 1 }), where: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })) },
      { additionalProperties: false },
    ),
  ]),
  { minItems: 2, maxItems: 30 },
);
const EXAMPLE = '["qr_created", {"event": "qr_scanned", "where": "properties[\\"country\\"] == \\"CZ\\""}]';

/** Reads the parameter `steps`. @throws ParameterError that says what it must be. */
export function parseSteps(text: string): FunnelStep[] {
  const value = jsonParameter('steps', text, EXAMPLE);
  if (!Check(Steps, value))
    throw new ParameterError(
      'steps',
      `must be 2 to 30 event names or steps such as ${EXAMPLE}, got ${text.slice(0, 100)}`,
    );
  return value.map((step, index) => {
    if (typeof step === 'string') return { event: step };
    const { event, where } = step;
    return { event, where: where === undefined ? undefined : parseWhere(`steps[${index}].where`, where) };
  });
}

function isStep({ event, where }: FunnelStep, happened: UserEvent): boolean {
  return happened.event === event && (where === undefined || where(happened.properties));
}
