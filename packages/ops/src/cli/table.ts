/** How a column stands. */
export type Alignment = 'left' | 'right';

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
