import type { ReactElement } from 'react';
import { countText } from '../shared/format.ts';
import type { Kept, RetentionRow, RetentionTable } from './retention-rows.ts';

const percents = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const SHADES = 10;

interface HeatMapProps {
  readonly table: RetentionTable;
  /** What an interval is: `Day`. */
  readonly unitText: string;
  readonly caption: string;
}

/** Cohorts by intervals, the darker the more came back. The numbers say the same without the colours. */
export function HeatMap({ table: { all, cohorts }, unitText, caption }: HeatMapProps): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
    <section className="scroll" tabIndex={0} aria-label={caption}>
      <table className="numbers heat">
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{unitText === 'Week' ? 'Week from' : 'Day'}</th>
            <th scope="col">People</th>
            {all.kept.map((_, interval) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an interval is its number
              <th key={interval} scope="col">
                {unitText} {interval}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[all, ...cohorts].map((row) => (
            <Row key={row.label} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ row: { label, people, kept } }: { readonly row: RetentionRow }): ReactElement {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>{countText(people)}</td>
      {kept.map((cell, interval) => (
        <td
          // biome-ignore lint/suspicious/noArrayIndexKey: an interval is its number
          key={interval}
          className={shadeOf(cell)}
          title={cell === null ? undefined : `${countText(cell.count)} of ${countText(cell.of)}`}
        >
          {cell === null ? '' : percents.format(cell.count / cell.of)}
        </td>
      ))}
    </tr>
  );
}

/** A tenth each, and no shade for nobody. */
function shadeOf(cell: Kept): string {
  if (cell === null || cell.count === 0) return '';
  return `shade-${Math.min(SHADES, Math.ceil((cell.count / cell.of) * SHADES))}`;
}
