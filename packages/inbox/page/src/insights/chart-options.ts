import UPlot from 'uplot';
import type { Unit } from './insights-view.ts';
import { numberText } from './numbers.ts';

export const HEIGHT_PIXELS = 280;
const LEGEND_LABEL: Readonly<Record<Unit, string>> = { hour: 'Hour', day: 'Day', week: 'Week from' };

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
export function chartOptions(element: HTMLElement, names: readonly string[], unit: Unit): UPlot.Options {
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
        label: LEGEND_LABEL[unit],
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
