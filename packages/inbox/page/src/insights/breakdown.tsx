import type { CSSProperties, ReactElement } from 'react';
import type { Figures } from './figures.ts';
import { numberText } from './numbers.ts';

interface BreakdownProps {
  readonly figures: Figures;
  readonly property: string;
  /** What the numbers are. */
  readonly unitText: string;
}

/** One bar for each value of a property, in the colour of its line. */
export function Breakdown({ figures: { series, hasMore }, property, unitText }: BreakdownProps): ReactElement {
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
