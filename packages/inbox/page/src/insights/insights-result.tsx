import type { CSSProperties, ReactElement } from 'react';
import { numberText } from '../shared/format.ts';
import { type Figures, figureText, type InsightsView } from './insights-view.ts';
import { LineChart } from './line-chart.tsx';

interface InsightsResultProps {
  readonly view: InsightsView;
  readonly figures: Figures;
}

export function InsightsResult({ view, figures }: InsightsResultProps): ReactElement {
  const { event, unit, zone, property } = view;
  const [only] = figures.series;
  const unitText = figureText(view);
  return (
    <>
      {property === '' && only !== undefined && (
        <p className="figure" role="status">
          <b>{numberText(only.figure)}</b> {figureText(view, only.figure)}
        </p>
      )}
      <LineChart figures={figures} unit={unit} />
      {property !== '' && <Breakdown figures={figures} property={property} unitText={unitText} />}
      <FiguresTable
        figures={figures}
        rowText={`${unit === 'week' ? 'Week from' : unit === 'day' ? 'Day' : 'Hour'} (${zone})`}
        caption={`${event} by ${unit}`}
      />
    </>
  );
}

interface BreakdownProps {
  readonly figures: Figures;
  readonly property: string;
  /** What the numbers are. */
  readonly unitText: string;
}

/** One bar for each value of a property, in the colour of its line. */
function Breakdown({ figures: { series, hasMore }, property, unitText }: BreakdownProps): ReactElement {
  const highest = Math.max(...series.map(({ figure }) => figure));
  return (
    <section>
      <h3>
        By {property} <span className="muted">{unitText}</span>
      </h3>
      <ul className="bars">
        {series.map(({ name, figure }, index) => {
          const style = { '--width': `${(figure / highest) * 100}%`, '--fill': `var(--series-${index})` };
          return (
            <li key={name} style={style as CSSProperties}>
              <span className="name">{name}</span>
              <span className="fill" />
              <b>{numberText(figure)}</b>
            </li>
          );
        })}
      </ul>
      {hasMore && <p className="muted">Smaller ones are left out: these {series.length} are the largest.</p>}
    </section>
  );
}

interface FiguresTableProps {
  readonly figures: Figures;
  /** What a row is: `Day (UTC)`. */
  readonly rowText: string;
  readonly caption: string;
}

/** The numbers of the chart, the latest first. */
function FiguresTable({ figures: { labels, series }, rowText, caption }: FiguresTableProps): ReactElement {
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
