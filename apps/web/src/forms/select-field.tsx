import type { ComponentProps, ReactElement } from 'react';
import { FieldFrame } from './field-frame.tsx';

interface SelectFieldProps extends ComponentProps<'select'> {
  readonly label: string;
  readonly name: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly hint?: string;
  readonly error?: string | undefined;
}

/** A labelled choice of one among a few; there is always one chosen. */
export function SelectField({ label, options, hint, error, ...select }: SelectFieldProps): ReactElement {
  return (
    <FieldFrame label={label} hint={hint} error={error} isOptional={false}>
      {(control) => (
        <select {...select} {...control}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}
