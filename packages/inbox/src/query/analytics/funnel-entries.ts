import Type from 'typebox';
import { Check } from 'typebox/value';
import { jsonParameter, ParameterError } from './parameters.ts';
import { firstAtOrAfter, type Timeline, type UserEvent } from './user-events.ts';
import { type Condition, parseWhere, segmentsOf } from './where.ts';

/** Steps this close together count in either order. */
export const GRACE_MS = 2000;

/** One attempt of one user. */
export interface FunnelEntry {
  /** The first step. */
  readonly entry: UserEvent;
  /** When each step was reached that was, the first one included. */
  readonly times: readonly number[];
}

export interface FunnelRules {
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
export function firstEntry(timeline: Timeline, rules: FunnelRules): FunnelEntry | undefined {
  const candidates = candidatesOf(timeline, rules);
  const entry = candidates[0]?.[firstAtOrAfter(candidates[0], rules.start)];
  return entry === undefined || entry.time >= rules.end ? undefined : follow(entry, candidates, rules, new Set());
}

/** Counting by unique users with a breakdown: the first entry for each value that the property has in the first step. */
export function firstEntryOfEach(timeline: Timeline, rules: FunnelRules, on: string): Map<string, FunnelEntry> {
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
export function allEntries(timeline: Timeline, rules: FunnelRules): FunnelEntry[] {
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
 * Taking the earliest never loses a conversion, as it leaves most room to the next step.
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
