import { UNIT_TEXT } from './insights-view.ts';
import 'uplot/dist/uPlot.min.css';
import { type ReactElement, useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { numberText } from '../shared/format.ts';
import type { Figures, Unit } from './insights-view.ts';

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

const HEIGHT_PIXELS = 280;

const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const hourFormat = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
});

/** How a chart of these series looks. */
function chartOptions(element: HTMLElement, names: readonly string[], unit: Unit): UPlot.Options {
  const color = colorReader(element);
  const axis = { stroke: color('--muted'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
  const timeText = (seconds: number): string => (unit === 'hour' ? hourFormat : dayFormat).format(seconds * 1000);
  return {
    width: element.clientWidth,
    height: HEIGHT_PIXELS,
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'UTC'),
    // No zooming: the range is chosen above the chart.
    cursor: { drag: { x: false, y: false } },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, 1)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 34,
        space: unit === 'hour' ? 96 : 60,
        values: (_plot, times) => times.map(timeText),
        // Never between two points.
        incrs: unit === 'hour' ? HOURS.map((hours) => hours * 3600) : DAYS.map((days) => days * 86_400),
      },
      { ...axis, size: 48, values: (_plot, values) => values.map(numberText) },
    ],
    series: [
      {
        label: UNIT_TEXT[unit],
        value: (_plot, seconds) => (seconds == null ? '–' : timeText(seconds)),
      },
      ...names.map((label, index) => ({
        label,
        stroke: color(`--series-${index}`),
        width: 2,
        points: { size: 6, fill: color('--panel') },
        value: (_plot: UPlot, value: number | null) => (value == null ? '–' : numberText(value)),
      })),
    ],
  };
}

const HOURS = [1, 2, 3, 6, 12, 24, 48, 72, 120, 240];
const DAYS = [1, 2, 3, 5, 7, 10, 14];

/** Colours for a canvas, which knows neither variables nor light-dark(): an element is asked what it would show. */
function colorReader(element: HTMLElement): (variable: string) => () => string {
  const probe = document.createElement('span');
  element.append(probe);
  return (variable) => () => {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  };
}
