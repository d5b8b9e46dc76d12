import type { CSSProperties, ReactElement } from 'react';
import { numberText } from '../shared/format.ts';
import { ScrollingTable } from '../shared/table.tsx';
import { type Figures, figureText, type InsightsView, UNIT_TEXT } from './insights-view.ts';
import { LineChart } from './line-chart.tsx';

interface InsightsResultProps {
  readonly view: InsightsView;
  readonly figures: Figures;
}

export function InsightsResult({ view, figures }: InsightsResultProps): ReactElement {
  const { event, unit, zone, property } = view;
  const { labels, series } = figures;
  const [only] = series;
  // The latest first.
  const rows = labels.map((label, index) => ({
    key: label,
    name: label.slice(0, 16),
    cells: series.map(({ values }) => ({ children: numberText(values[index] ?? 0) })),
  }));
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
      <details>
        <summary>Show as a table</summary>
        <ScrollingTable
          className="numbers"
          caption={`${event} by ${unit}`}
          head={[`${UNIT_TEXT[unit]} (${zone})`, ...series.map(({ name }) => name)]}
          rows={rows.reverse()}
        />
      </details>
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
