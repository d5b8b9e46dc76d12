import type { Options } from '../shared/location.tsx';

const DAY_MS = 86_400_000;

/** The zone of the browser; UTC when it does not know. */
const LOCAL = localZone();

/** The zone in the address, so that a link shows the same days everywhere; else the reader's own. */
export function zoneIn(query: URLSearchParams): string {
  return query.get('zone') ?? LOCAL;
}

/** The browser's zone and UTC first, then all others. */
export function zoneOptions(chosen: string): Options {
  const zones = new Set([LOCAL, 'UTC', chosen, ...Intl.supportedValuesOf('timeZone')]);
  return Object.fromEntries([...zones].map((zone) => [zone, isOwnZone(zone) ? `${zone} (this browser)` : zone]));
}

export function isOwnZone(zone: string): boolean {
  return zone === LOCAL;
}

/** The hour on the wall, as the API labels it: `2026-03-29 14:00:00`. */
export function hourIn(zone: string, at: number): string {
  return `${formatOf(zone).format(at)}:00:00`;
}

/** The day on the wall: `2026-03-29`. */
export function dateIn(zone: string, at: number): string {
  return hourIn(zone, at).slice(0, 10);
}

export function datePlus(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday of a date's week: weeks of the API begin so. */
export function mondayOf(date: string): string {
  const daysSinceMonday = (new Date(date).getUTCDay() + 6) % 7;
  return datePlus(date, -daysSinceMonday);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  // Sweden writes dates as ISO 8601 has them.
  const format = (zone: string): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      hourCycle: 'h23',
    });
  try {
    return format(timeZone);
  } catch {
    // The inbox is asked all the same, and answers with what is wrong.
    return format('UTC');
  }
}

function localZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone === undefined || zone === 'Etc/Unknown' ? 'UTC' : zone;
}
