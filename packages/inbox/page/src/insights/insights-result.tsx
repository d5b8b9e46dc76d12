import type { ReactElement } from 'react';
import { Breakdown } from './breakdown.tsx';
import { type Figures, figureText } from './figures.ts';
import { FiguresTable } from './figures-table.tsx';
import type { InsightsView } from './insights-view.ts';
import { LineChart } from './line-chart.tsx';
import { numberText } from './numbers.ts';

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
