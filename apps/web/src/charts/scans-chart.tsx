import { type ReactElement, useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { dateText } from '../days.ts';

/** One day (UTC) of the chart. */
export interface DayPoint {
  readonly day: string;
  readonly scans: number;
  readonly visitors: number;
}

const HEIGHT_PIXELS = 240;
const HALF_A_DAY_SECONDS = 43_200;
const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** Scans and visitors by day. Whoever cannot see a canvas has the table below it. */
export function ScansChart({ days }: { readonly days: readonly DayPoint[] }): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(null);

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const plot = new UPlot(optionsFor(element), [[], [], []], element);
    chart.current = plot;
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PIXELS }));
    resized.observe(element);
    // Colours are read from the page while drawing.
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => plot.redraw(false);
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      resized.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    const seconds = days.map(({ day }) => Date.parse(day) / 1000);
    chart.current?.setData([seconds, days.map(({ scans }) => scans), days.map(({ visitors }) => visitors)]);
  }, [days]);

  return (
    <>
      <div className="chart" ref={place} aria-hidden="true" />
      <details className="chart-table">
        <summary>Show as a table</summary>
        <div className="table-scroll">
          <table>
            <caption className="visually-hidden">Scans and visitors by day</caption>
            <thead>
              <tr>
                <th scope="col">Day (UTC)</th>
                <th scope="col">Scans</th>
                <th scope="col">Visitors</th>
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map(({ day, scans, visitors }) => (
                <tr key={day}>
                  <th scope="row">{dateText(day)}</th>
                  <td>{scans}</td>
                  <td>{visitors}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </>
  );
}

function optionsFor(element: HTMLElement): UPlot.Options {
  const color = (name: string) => () => getComputedStyle(element).getPropertyValue(name).trim();
  const bars = UPlot.paths.bars?.({ size: [0.7, 40], radius: 0.15 });
  const axis = {
    stroke: color('--muted-color'),
    grid: { stroke: color('--line-color'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT_PIXELS,
    // Days are those of UTC, wherever the reader is.
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'UTC'),
    // No zooming: the period is chosen above the chart.
    cursor: { drag: { x: false, y: false } },
    scales: {
      // Whole bars at both ends.
      x: { range: (_plot, min, max) => [min - HALF_A_DAY_SECONDS, max + HALF_A_DAY_SECONDS] },
      y: { range: (_plot, _min, max) => [0, Math.max(max * 1.1, 5)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 60,
        values: (_plot, days) => days.map((day) => dayFormat.format(day * 1000)),
      },
      // Halves of scans do not exist.
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000] },
    ],
    series: [
      {
        label: 'Day',
        value: (_plot, seconds) => (seconds == null ? '–' : dateText(new Date(seconds * 1000).toISOString())),
      },
      {
        label: 'Scans',
        fill: color('--bar-color'),
        stroke: color('--bar-color'),
        width: 0,
        ...(bars && { paths: bars }),
        points: { show: false },
      },
      { label: 'Visitors', stroke: color('--visitors-color'), width: 2, points: { size: 5 } },
    ],
  };
}
