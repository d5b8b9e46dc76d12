import { styleText } from 'node:util';

/** Marks parts of a text by their meaning. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** @param hasColours whether the answer goes to a terminal that wants them. */
export function createStyle(hasColours: boolean): Style {
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    hasColours ? styleText(format, text, { validateStream: false }) : text;
  return {
    good: paint('green'),
    bad: paint('red'),
    warning: paint('yellow'),
    strong: paint('bold'),
    faint: paint('dim'),
  };
}

/** How a column stands. */
type Alignment = 'left' | 'right';

/** Lines of a table for people: columns as wide as their longest cell, two spaces between them, nothing at the end of a line. */
export function tableOf(rows: readonly (readonly string[])[], alignments: readonly Alignment[]): string[] {
  const widths = alignments.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    alignments
      .map((alignment, column) => {
        const [cell, width] = [row[column] ?? '', widths[column] ?? 0];
        return alignment === 'left' ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** `1 batch`, `2 batches`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A number of bytes for people, in powers of 1024. */
export function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(1)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** A length of time for people, in its largest whole unit. */
export function ageOf(milliseconds: number): string {
  const [size, unit] = UNITS.find(([length]) => milliseconds >= length) ?? [1000, 's'];
  return `${Math.max(0, Math.floor(milliseconds / size))} ${unit}`;
}

/** Text of others on one line: a control character could move the cursor, rename the window, or hide a line. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
