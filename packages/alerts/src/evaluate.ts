import { bucketAt, bucketsBefore, dateOf } from './buckets.ts';
import { NoDataError, type QueryClient, type TimeWindow } from './query-client.ts';
import type { AlertRule, Condition, ConversionMeasure, EventsMeasure } from './rule.ts';

/** `no_data`: there is nothing to judge by, which is neither good nor bad news. */
export type AlertStatus = 'ok' | 'firing' | 'no_data';

/** What one rule said at one time. */
export interface AlertState {
  /** The rule's name. */
  readonly rule: string;
  readonly status: AlertStatus;
  /** Events, milliseconds, or a share from 0 to 1; `null` with `no_data`. */
  readonly value: number | null;
  /** The time that the value is about, in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Reason why there is no data, for people. */
  readonly reason?: string;
  /** When this was found out, in milliseconds since the epoch. */
  readonly at: number;
}

/** Told of a question that was not answered. */
export type OnFailure = (rule: AlertRule, error: unknown) => void;

/**
 * What each rule says at a moment, in the order of the rules. Never rejects: a rule whose question fails has no data, with the reason, and the
 * others are as they are.
 *
 * @param now - milliseconds since the epoch
 */
export function evaluate(
  rules: readonly AlertRule[],
  client: QueryClient,
  now: number,
  onFailure: OnFailure = () => undefined,
): Promise<AlertState[]> {
  return Promise.all(rules.map((rule) => stateOf(rule, client, now, onFailure)));
}

async function stateOf(rule: AlertRule, client: QueryClient, now: number, onFailure: OnFailure): Promise<AlertState> {
  try {
    const { value, from, to } = await read(rule, client, now);
    const status = isBeyond(value, rule.condition) ? 'firing' : 'ok';
    return { rule: rule.name, status, value, from, to, at: now };
  } catch (error) {
    if (!(error instanceof NoDataError)) onFailure(rule, error);
    const { from, to } = windowOf(rule, client.timeZone, now);
    const reason = error instanceof Error ? error.message : String(error);
    return { rule: rule.name, status: 'no_data', value: null, from, to, reason, at: now };
  }
}

/** As Mixpanel compares: the value is not rounded, and the bound itself does not fire. */
function isBeyond(value: number, condition: Condition): boolean {
  return 'above' in condition ? value > condition.above : value < condition.below;
}

/** A value with the time that it is about. */
interface Reading extends TimeWindow {
  readonly value: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** An event that did not come in so many buckets before is not expected in the next. */
const HISTORY = {
  day: { buckets: 7, words: 'the 7 days before' },
  hour: { buckets: 24, words: 'the 24 hours before' },
} as const;

/** The time that a rule is about. A rule on too many events may turn out to be about the present hour or day instead. */
function windowOf({ measure }: AlertRule, timeZone: string, now: number): TimeWindow {
  if (measure.kind === 'events') return lastComplete(measure, timeZone, now);
  if (measure.kind === 'conversion') return entries(measure, timeZone, now);
  return { from: now - measure.windowMinutes * MINUTE_MS, to: now };
}

/**
 * Asks for what a rule watches.
 *
 * @throws NoDataError when there is nothing to judge by.
 */
async function read(rule: AlertRule, client: QueryClient, now: number): Promise<Reading> {
  const { measure } = rule;
  const window = windowOf(rule, client.timeZone, now);
  switch (measure.kind) {
    case 'errors':
      return { ...window, value: await client.countErrors(window) };
    case 'new_issues':
      return { ...window, value: await client.countNewIssues(window) };
    case 'request_duration': {
      const value = await client.requestDuration(measure.percentile, window);
      if (value === null) throw new NoDataError('No request was traced in this time.');
      return { ...window, value };
    }
    case 'events':
      return readEvents(measure, 'above' in rule.condition, client, now);
    case 'conversion':
      return readConversion(rule.name, measure, client, now);
  }
}

/**
 * Too many: the larger of the last complete bucket and the present one, as a count only rises. Too few: the last complete one; the present one is not
 * over. Mixpanel does not say which of them its own alerts look at.
 *
 * @see https://docs.mixpanel.com/docs/features/alerts
 */
async function readEvents(
  measure: EventsMeasure,
  isAbove: boolean,
  client: QueryClient,
  now: number,
): Promise<Reading> {
  const { event, unit, count } = measure;
  const present = bucketAt(now, unit, client.timeZone);
  const complete = lastComplete(measure, client.timeZone, now);
  const { buckets, words } = HISTORY[unit];
  const history = isAbove ? [] : bucketsBefore(complete, buckets, unit, client.timeZone);
  const counts = await client.eventsPerBucket({
    event,
    unit,
    count,
    fromDate: dateOf((history.at(-1) ?? complete).label),
    toDate: dateOf(present.label),
  });
  const value = counts.get(complete.label);
  // A count of 0 would be a false alarm.
  if (value === undefined)
    throw new Error(`The answer has no point "${complete.label}": is ${client.timeZone} the project's time zone?`);
  if (isAbove) {
    const soFar = counts.get(present.label) ?? 0;
    return soFar > value ? { value: soFar, from: present.from, to: now } : { ...spanOf(complete), value };
  }
  if (value === 0 && history.every(({ label }) => (counts.get(label) ?? 0) === 0))
    throw new NoDataError(`No ${event} came in this time, nor in ${words}.`);
  return { ...spanOf(complete), value };
}

/** Of people whose conversion window is over: else a drop would be seen in everybody who has only just entered. */
async function readConversion(
  rule: string,
  measure: ConversionMeasure,
  client: QueryClient,
  now: number,
): Promise<Reading> {
  const { steps, windowDays, days } = measure;
  const { from, to } = entries(measure, client.timeZone, now);
  const fromDate = bucketAt(from, 'day', client.timeZone).label;
  const toDate = bucketAt(to - 1, 'day', client.timeZone).label;
  const { entered, converted } = await client.conversion({ rule, steps, windowDays, fromDate, toDate, days });
  if (entered === 0) throw new NoDataError(`Nobody entered: no ${steps[0]} in this time.`);
  return { from, to, value: converted / entered };
}

function lastComplete({ unit }: EventsMeasure, timeZone: string, now: number): ReturnType<typeof bucketAt> {
  return bucketAt(bucketAt(now, unit, timeZone).from - 1, unit, timeZone);
}

/** The last days whose entries have all had their time, which is counted in hours, whatever the clocks do. */
function entries({ windowDays, days }: ConversionMeasure, timeZone: string, now: number): TimeWindow {
  const last = bucketAt(now - windowDays * DAY_MS, 'day', timeZone);
  const [first] = bucketsBefore(last, days, 'day', timeZone).reverse();
  return { from: first?.from ?? last.from, to: last.from };
}

function spanOf({ from, to }: TimeWindow): TimeWindow {
  return { from, to };
}
