import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { type Entry, type InFlight, Ledger } from './ledger.ts';
import type { Limits } from './limits.ts';

type Kept = Omit<Entry, 'reported' | 'suppressed'>;

/** The changes of a ledger as lines of a log. */
export const lines = {
  named: (fingerprint: string, title: string) => `n ${fingerprint} ${JSON.stringify(title)}`,
  suppressed: (fingerprint: string, eventId: string) => `s ${fingerprint} ${eventId}`,
  reported: (fingerprint: string, eventId: string, now: number) => `r ${fingerprint} ${eventId} ${now}`,
  announced: (fingerprint: string, eventId: string, now: number) => `a ${fingerprint} ${eventId} ${now}`,
  settled: (eventId: string) => `d ${eventId}`,
  failed: (eventId: string) => `f ${eventId}`,
};

/** The whole ledger as lines, to be put in the place of all that led to it. */
export function snapshot({ total, entries, inFlight }: Ledger): string[] {
  return [
    `t ${JSON.stringify(total)}`,
    ...[...entries.values()].map(({ reported, suppressed, ...kept }) => `e ${JSON.stringify(kept satisfies Kept)}`),
    ...[...inFlight].map((pair) => `i ${JSON.stringify(pair)}`),
  ];
}

/** What a process left: its books, and how many of its lines could not be read. */
export interface Replayed {
  readonly ledger: Ledger;
  readonly damaged: number;
}

/** Makes a ledger from the lines that a process left. A line that is damaged costs itself only. */
export function replay(log: readonly string[], limits: Limits, now: number): Replayed {
  const ledger = new Ledger(limits, now);
  let damaged = 0;
  for (const line of log) {
    try {
      if (!apply(ledger, line, now)) damaged++;
    } catch {
      // Not the JSON that we wrote.
      damaged++;
    }
  }
  return { ledger, damaged };
}

/** Returns whether the line could be read. What it holds is checked first: nothing but numbers in their range gets into the books. */
function apply(ledger: Ledger, line: string, now: number): boolean {
  const kind = line[0];
  if (line[1] !== ' ') return false;
  const rest = line.slice(2);
  if (kind === 't') return setTotal(ledger, JSON.parse(rest));
  if (kind === 'i') return setInFlight(ledger, JSON.parse(rest));
  if (kind === 'e') return setEntry(ledger, JSON.parse(rest), now);
  const [first = '', second = '', third] = rest.split(' ', 3);
  if (kind === 'd' || kind === 'f') {
    if (!EVENT_ID.test(rest)) return false;
    if (kind === 'd') ledger.settle(rest);
    else ledger.fail(rest, now);
    return true;
  }
  if (!FINGERPRINT.test(first)) return false;
  if (kind === 'n') {
    const title: unknown = JSON.parse(rest.slice(first.length + 1));
    if (typeof title !== 'string') return false;
    ledger.entry(first, now).title = title;
    return true;
  }
  if (!EVENT_ID.test(second)) return false;
  if (kind === 's') ledger.suppress(first, second, now);
  else {
    const time = Number(third);
    if (!(time > 0 && time < Number.MAX_SAFE_INTEGER)) return false;
    if (kind === 'r') ledger.report(first, second, time);
    else if (kind === 'a') ledger.announce(first, second, time);
    else return false;
  }
  return true;
}

const FINGERPRINT = /^[\w-]{1,40}$/;
const EVENT_ID = /^[\w-]{1,40}$/;

const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const id = Type.String({ pattern: EVENT_ID.source });
const ids = Type.Array(id, { maxItems: 100 });
const fingerprint = Type.String({ pattern: FINGERPRINT.source });
// What was sent although there was no room for it makes a level negative.
const level = Type.Number({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
const bucket = Type.Object({ level, at: count });
const step = Type.Integer({ minimum: 0, maximum: 64 });
const counts = { taken: count, step, since: count, unannounced: count, ids, waitingSince: count };

const isTotal = Compile(bucket);
const isEntry = Compile(Type.Object({ fingerprint, title: Type.String(), bucket, ...counts }));
const isInFlight = Compile(
  Type.Tuple([id, Type.Object({ fingerprint, isSummary: Type.Boolean(), count, ids, at: count })]),
);

function setTotal(ledger: Ledger, value: unknown): boolean {
  if (!isTotal.Check(value)) return false;
  // However far it was overdrawn: what is written there must not silence a process for months.
  ledger.total.level = Math.max(-ledger.limits.total.capacity, value.level);
  ledger.total.at = value.at;
  return true;
}

function setEntry(ledger: Ledger, value: unknown, now: number): boolean {
  if (!isEntry.Check(value)) return false;
  const { title, bucket: ofEntry, taken, step: ofSteps, since, unannounced, ids: known } = value;
  const kept = { title, bucket: ofEntry, taken, step: ofSteps, since, unannounced, ids: known };
  Object.assign(ledger.entry(value.fingerprint, now), kept, { waitingSince: Math.min(now, value.waitingSince) });
  return true;
}

function setInFlight(ledger: Ledger, value: unknown): boolean {
  if (!isInFlight.Check(value)) return false;
  ledger.inFlight.set(...(value satisfies [string, InFlight]));
  return true;
}
