import type { ReactElement } from 'react';
import { go, hrefWith, usePlace } from '../shared/location.ts';
import type { Options } from './options.ts';

interface ChoiceProps {
  readonly label: string;
  /** The parameter of the address that keeps it. */
  readonly name: string;
  readonly value: string;
  readonly options: Options;
}

/** One of a few, kept in the address. */
export function Choice({ label, name, value, options }: ChoiceProps): ReactElement {
  const place = usePlace();
  return (
    <label className="choice">
      <span>{label}</span>
      <select value={value} onChange={({ target }) => go(hrefWith(place, { [name]: target.value }))}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
