const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** A day in the reader's own way of writing. */
export function dateText(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : format.format(date);
}
