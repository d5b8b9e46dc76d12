import type { ReactElement } from 'react';
import type { FacetValue } from '../../../src/views/facet-counts.ts';

interface FacetSelectProps {
  readonly label: string;
  /** `''` for any. */
  readonly value: string;
  readonly values: readonly FacetValue[];
  readonly onChange: (value: string) => void;
}

/** One value to filter by. Nothing while there is none to choose. */
export function FacetSelect({ label, value, values, onChange }: FacetSelectProps): ReactElement | null {
  if (values.length === 0 && value === '') return null;
  const isKnown = value === '' || values.some((each) => each.value === value);
  return (
    <select aria-label={label} value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">{label}: any</option>
      {!isKnown && <option value={value}>{value}</option>}
      {values.map(({ value: each, count }) => (
        <option key={each} value={each}>
          {each} ({count})
        </option>
      ))}
    </select>
  );
}
