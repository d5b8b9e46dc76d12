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

/** Makes a ledger from the lines that a process left. A line that is damaged costs itself only. */
export function replay(log: readonly string[], limits: Limits, now: number): Ledger {
  const ledger = new Ledger(limits, now);
  for (const line of log) {
    try {
      apply(ledger, line, now);
    } catch {
      // Not the JSON that we wrote.
    }
  }
  return ledger;
}

function apply(ledger: Ledger, line: string, now: number): void {
  const kind = line[0];
  const rest = line.slice(2);
  const [first = '', second = '', third] = rest.split(' ', 3);
  const time = Number(third);
  if (kind === 's') ledger.suppress(first, second, now);
  else if (kind === 'r' && time > 0) ledger.report(first, second, time);
  else if (kind === 'a' && time > 0) ledger.announce(first, second, time);
  else if (kind === 'd') ledger.settle(first);
  else if (kind === 'f') ledger.fail(first, now);
  else if (kind === 'n') ledger.entry(first, now).title = String(JSON.parse(rest.slice(first.length + 1)));
  else if (kind === 't') Object.assign(ledger.total, JSON.parse(rest));
  else if (kind === 'i') ledger.inFlight.set(...(JSON.parse(rest) as [string, InFlight]));
  else if (kind === 'e') {
    const kept = JSON.parse(rest) as Kept;
    Object.assign(ledger.entry(kept.fingerprint, now), kept);
  }
}
