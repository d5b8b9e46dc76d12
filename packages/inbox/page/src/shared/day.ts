const NAMES = new Intl.DateTimeFormat([], { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const RELATIVE = new Intl.RelativeTimeFormat([], { numeric: 'auto' });

/** Returns a key for the local day of a time: equal for times of the same day. */
export function dayOf(at: number): string {
  return new Date(at).toDateString();
}

/** The name of a day: Today, Yesterday, else its date. */
export function dayText(at: number, now: number): string {
  if (Number.isNaN(new Date(at).getTime())) return 'Unknown date';
  const daysAgo = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (daysAgo !== 0 && daysAgo !== 1) return NAMES.format(at);
  const name = RELATIVE.format(-daysAgo, 'day');
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
