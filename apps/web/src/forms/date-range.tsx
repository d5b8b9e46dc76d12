import { type ReactElement, useEffect, useId, useState } from 'react';
import { lastDays } from '../days.ts';

/** Days, both included; an end that is left out is open. */
interface Range {
  readonly from?: string;
  readonly to?: string;
}

interface DateRangeProps {
  readonly label: string;
  readonly value: Range;
  /** Numbers of days up to today. */
  readonly periods: readonly number[];
  /** What no limit is called; without it there is always one. */
  readonly anyTime?: string;
  readonly onChange: (range: Range) => void;
}

/** Days up to today, or between two days of choice. */
export function DateRange({ label, value, periods, anyTime, onChange }: DateRangeProps): ReactElement {
  const id = useId();
  const today = lastDays(1).to;
  const named = nameOf(value, periods);
  const [isCustom, setCustom] = useState(named === 'custom');
  useEffect(() => {
    if (named === 'any') setCustom(false);
  }, [named]);
  const choose = (chosen: string) => {
    setCustom(chosen === 'custom');
    if (chosen === 'any') onChange({});
    else if (chosen !== 'custom') onChange(lastDays(Number(chosen)));
  };
  const change = (end: 'from' | 'to', day: string) => {
    const { [end]: _replaced, ...other } = value;
    onChange({ ...other, ...(day !== '' && { [end]: day }) });
  };
  return (
    <div className="date-range">
      <label htmlFor={id} className="visually-hidden">
        {label}
      </label>
      <select id={id} value={isCustom ? 'custom' : named} onChange={({ target }) => choose(target.value)}>
        {anyTime !== undefined && <option value="any">{anyTime}</option>}
        {periods.map((days) => (
          <option key={days} value={days}>
            Last {days} days
          </option>
        ))}
        <option value="custom">Custom range</option>
      </select>
      {isCustom && (
        <>
          <DayInput label="From" day={value.from} max={value.to ?? today} onChange={(day) => change('from', day)} />
          <DayInput label="To" day={value.to} min={value.from} max={today} onChange={(day) => change('to', day)} />
        </>
      )}
    </div>
  );
}

interface DayInputProps {
  readonly label: string;
  readonly day: string | undefined;
  readonly min?: string | undefined;
  readonly max: string;
  readonly onChange: (day: string) => void;
}

/** A day that may be typed digit by digit: years before 2000 are still being typed. */
function DayInput({ label, day = '', min, max, onChange }: DayInputProps): ReactElement {
  const [typed, setTyped] = useState(day);
  useEffect(() => setTyped(day), [day]);
  const change = (next: string) => {
    setTyped(next);
    if (next === '' || next >= '2000') onChange(next);
  };
  return (
    <input
      type="date"
      aria-label={label}
      value={typed}
      min={min}
      max={max}
      onChange={({ target }) => change(target.value)}
    />
  );
}

function nameOf({ from, to }: Range, periods: readonly number[]): string {
  if (from === undefined && to === undefined) return 'any';
  const days = periods.find((count) => {
    const period = lastDays(count);
    return period.from === from && period.to === to;
  });
  return days === undefined ? 'custom' : String(days);
}
