import type { ReactElement } from 'react';
import type { CodeType } from '../api/codes.ts';
import { CODE_KINDS } from './code-kinds.ts';

interface KindPickerProps {
  readonly value: CodeType;
  readonly onChange: (type: CodeType) => void;
}

/** Radio buttons that look like tabs: arrow keys move between them, as in every group of radios. */
export function KindPicker({ value, onChange }: KindPickerProps): ReactElement {
  const use = CODE_KINDS.find(({ type }) => type === value)?.use;
  return (
    <fieldset className="kinds">
      <legend>What should the code do?</legend>
      <div className="kind-options">
        {CODE_KINDS.map(({ type, name }) => (
          <label key={type}>
            <input type="radio" name="type" value={type} checked={type === value} onChange={() => onChange(type)} />
            {name}
          </label>
        ))}
      </div>
      <p className="hint">{use}</p>
    </fieldset>
  );
}
