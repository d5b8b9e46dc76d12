import type { ReactElement } from 'react';
import type { Figures } from './figures.ts';
import { numberText } from './numbers.ts';

interface FiguresTableProps {
  readonly figures: Figures;
  /** What a row is: `Day (UTC)`. */
  readonly rowText: string;
  readonly caption: string;
}

/** The numbers of the chart, the latest first. */
export function FiguresTable({ figures: { labels, series }, rowText, caption }: FiguresTableProps): ReactElement {
  const rows = labels.map((label, index) => [label, index] as const).reverse();
  return (
    <details>
      <summary>Show as a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard */}
      <section className="scroll" tabIndex={0} aria-label={caption}>
        <table className="numbers">
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{rowText}</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([label, index]) => (
              <tr key={label}>
                <th scope="row">{label.slice(0, 16)}</th>
                {series.map(({ name, values }) => (
                  <td key={name}>{numberText(values[index] ?? 0)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
