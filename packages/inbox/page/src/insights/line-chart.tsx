import { type ReactElement, useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { chartOptions, HEIGHT_PIXELS } from './chart-options.ts';
import type { Figures } from './figures.ts';
import type { Unit } from './insights-view.ts';

interface LineChartProps {
  readonly figures: Figures;
  readonly unit: Unit;
}

/** Figures over time. Whoever cannot see a canvas has the table. */
export function LineChart({ figures: { labels, series }, unit }: LineChartProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(null);
  const latest = useRef<UPlot.AlignedData>([[]]);
  latest.current = [labels.map(secondsOf), ...series.map(({ values }) => [...values])];
  const names = JSON.stringify(series.map(({ name }) => name));
  const data = JSON.stringify(latest.current);

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const plot = new UPlot(chartOptions(element, JSON.parse(names) as string[], unit), latest.current, element);
    chart.current = plot;
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PIXELS }));
    resized.observe(element);
    // Colours are read from the page while drawing.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = (): void => plot.redraw(false);
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      resized.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [names, unit]);

  useEffect(() => {
    chart.current?.setData(JSON.parse(data) as UPlot.AlignedData);
  }, [data]);

  return <div className="chart" ref={place} aria-hidden="true" />;
}

/** Labels are read off the wall of their zone; the chart takes them for UTC. */
function secondsOf(label: string): number {
  return Date.parse(label.length === 10 ? label : `${label.replace(' ', 'T')}Z`) / 1000;
}
