import type { StoredEvent } from './inbox-records.ts';
import type { Asked } from './load.ts';

/** How long before a kill an event may have been tracked and be lost: the journal is written at the end of the loop's turn. */
const YOUNG_MS = 50;
/** Batches that may be under way when something breaks, and be sent again: four of each of the two shippers, and four of a process that sends by itself. */
const IN_FLIGHT = 12;
/** How long after a fault its traces are looked for in the latency. */
const AFTER_MS = 2000;

/** When a fault was there. */
export interface FaultWindow {
  readonly name: string;
  readonly sparesScans: boolean;
  readonly start: number;
  readonly end: number;
  /** When a process was killed, milliseconds since the epoch. */
  readonly kills: readonly number[];
}

/** A line of the table. */
interface FaultRow {
  readonly fault: string;
  readonly seconds: number;
  readonly requests: number;
  readonly failed: number;
  /** Milliseconds. */
  readonly p99During: number;
  readonly p99After: number;
  /** By answered scans and sign-ups. */
  readonly tracked: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
}

export interface ChaosReport {
  readonly seed: number;
  readonly rows: readonly FaultRow[];
  readonly tracked: number;
  readonly lost: number;
  /** Lost, and tracked within 50 ms of a kill, which is no promise. */
  readonly lostYoung: number;
  /** Events that arrived more than once. */
  readonly duplicated: number;
  /** Whether nothing is missing any more, at the vendor's and in the owner's statistics. */
  readonly isDelivered: boolean;
  /** What is wrong, as sentences; empty when all promises held. */
  readonly findings: readonly string[];
}

interface Evidence {
  readonly seed: number;
  readonly asked: readonly Asked[];
  readonly windows: readonly FaultWindow[];
  readonly events: readonly StoredEvent[];
  /** Scans by code, as the owner sees them. */
  readonly ofOwner: ReadonlyMap<string, number>;
  /** Deliberate errors that were sent or counted; `undefined` while processes still hold some. */
  readonly errors: number | undefined;
}

const EVENTS = { scan: 'qr_scanned', 'sign-up': 'signup_completed', error: undefined } as const;

/** Compares what the platform answered with what arrived. */
export function report({ seed, asked, windows, events, ofOwner, errors }: Evidence): ChaosReport {
  const byTrace = new Set(events.map(({ event, properties }) => `${event} ${properties['trace_id']}`));
  const tracked = asked.filter(({ kind, status }) => wasTracked(kind, status));
  const isThere = ({ kind, traceId }: Asked) => byTrace.has(`${EVENTS[kind]} ${traceId}`);
  const kills = windows.flatMap((window) => window.kills);
  const isYoung = ({ at, ms }: Asked) => kills.some((kill) => kill - (at + ms) < YOUNG_MS && kill > at);
  const missing = tracked.filter((one) => !isThere(one));
  const lost = missing.filter((one) => !isYoung(one));
  const copies = copiesOf(events);
  const findings = [
    ...lost.slice(0, 5).map(({ kind, at }) => `A ${kind} that was answered at ${new Date(at).toISOString()} is lost.`),
    ...unequalCopies(copies),
    ...tooManyCopies(copies, windows.length),
    ...failedScans(asked, windows),
    ...wrongStatistics(events, ofOwner),
    ...wrongErrors(asked, errors),
  ];
  return {
    seed,
    rows: windows.map((window) => rowOf(window, asked, tracked, isThere, lost, copies)),
    tracked: tracked.length,
    lost: lost.length,
    lostYoung: missing.length - lost.length,
    duplicated: copies.length,
    isDelivered: lost.length === 0 && wrongStatistics(events, ofOwner).length === 0,
    findings,
  };
}

function wasTracked(kind: Asked['kind'], status: number | undefined): boolean {
  return (kind === 'scan' && status === 302) || (kind === 'sign-up' && status === 201);
}

/** The events that arrived more than once, each with all its copies. */
function copiesOf(events: readonly StoredEvent[]): readonly (readonly StoredEvent[])[] {
  const byId = new Map<string, StoredEvent[]>();
  for (const event of events) byId.set(event.insertId, [...(byId.get(event.insertId) ?? []), event]);
  return [...byId.values()].filter((copies) => copies.length > 1);
}

function unequalCopies(copies: readonly (readonly StoredEvent[])[]): string[] {
  const text = ({ event, distinctId, time, properties }: StoredEvent) =>
    JSON.stringify([event, distinctId, time, Object.entries(properties).sort()]);
  const unequal = copies.filter((same) => new Set(same.map(text)).size > 1);
  return unequal.length === 0 ? [] : [`${unequal.length} events arrived in copies that differ.`];
}

/** Told by the requests in which the later copies came. */
function tooManyCopies(copies: readonly (readonly StoredEvent[])[], faults: number): string[] {
  const later = copies.flatMap((same) =>
    same
      .map(({ receivedAt }) => receivedAt)
      .toSorted((a, b) => a - b)
      .slice(1),
  );
  const batches = new Set(later).size;
  if (batches <= faults * IN_FLIGHT) return [];
  return [`${batches} batches were sent again in ${faults} faults; at most ${IN_FLIGHT} are under way at once.`];
}

/** In times in which every scan must be answered. */
function failedScans(asked: readonly Asked[], windows: readonly FaultWindow[]): string[] {
  return windows.flatMap(({ name, sparesScans, start, end }) => {
    const failed = asked.filter(({ kind, at, status }) => kind === 'scan' && at >= start && at < end && status !== 302);
    if (!sparesScans || failed.length === 0) return [];
    return [
      `${failed.length} scans failed while "${name}", with ${[...new Set(failed.map(({ status }) => status))].join(', ')}.`,
    ];
  });
}

function wrongStatistics(events: readonly StoredEvent[], ofOwner: ReadonlyMap<string, number>): string[] {
  const ids = new Map<unknown, Set<string>>();
  for (const { event, insertId, properties } of events) {
    if (event !== 'qr_scanned') continue;
    const code = properties['qr_id'];
    ids.set(code, (ids.get(code) ?? new Set()).add(insertId));
  }
  return [...ofOwner].flatMap(([code, scans]) => {
    const arrived = ids.get(code)?.size ?? 0;
    return arrived === scans ? [] : [`The owner of ${code} sees ${scans} scans, the inbox has ${arrived}.`];
  });
}

/** An error of a process that was killed before it answered may be counted, and no other one more. */
function wrongErrors(asked: readonly Asked[], errors: number | undefined): string[] {
  if (errors === undefined) return [];
  const requests = asked.filter(({ kind }) => kind === 'error');
  const answered = requests.filter(({ status }) => status === 500).length;
  const unanswered = requests.filter(({ status }) => status === undefined).length;
  if (errors >= answered && errors <= answered + unanswered) return [];
  return [`${answered} errors were answered and ${unanswered} requests were not; ${errors} were sent or counted.`];
}

function rowOf(
  { name, start, end }: FaultWindow,
  asked: readonly Asked[],
  tracked: readonly Asked[],
  isThere: (one: Asked) => boolean,
  lost: readonly Asked[],
  copies: readonly (readonly StoredEvent[])[],
): FaultRow {
  const during = ({ at }: { readonly at: number }) => at >= start && at < end;
  const after = ({ at }: { readonly at: number }) => at >= end && at < end + AFTER_MS;
  const scans = asked.filter(({ kind, status }) => kind === 'scan' && status !== undefined);
  const ofFault = tracked.filter(during);
  return {
    fault: name,
    seconds: Math.round((end - start) / 100) / 10,
    requests: asked.filter(during).length,
    failed: asked.filter((one) => during(one) && isFailure(one)).length,
    p99During: percentile99(scans.filter(during)),
    p99After: percentile99(scans.filter(after)),
    tracked: ofFault.length,
    delivered: ofFault.filter(isThere).length,
    lost: lost.filter(during).length,
    duplicated: copies.filter(([first]) => first !== undefined && during({ at: first.time })).length,
  };
}

/** The answers that were wanted are failures of no kind; a deliberate error is one. */
function isFailure({ kind, status }: Asked): boolean {
  return kind === 'error' ? status !== 500 : !wasTracked(kind, status);
}

function percentile99(asked: readonly Asked[]): number {
  const sorted = asked.map(({ ms }) => ms).sort((one, other) => one - other);
  return Math.round(sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0);
}
