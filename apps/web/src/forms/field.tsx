import type { ComponentProps, ReactElement } from 'react';
import { FieldFrame } from './field-frame.tsx';

interface FieldProps extends ComponentProps<'input'> {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  /** What to enter, in a sentence: stands below the field when it was left empty or mistyped. */
  readonly complaint?: string;
  readonly error?: string | undefined;
}

/** A labelled input whose hint and error are read out with it. */
export function Field({ label, hint, complaint, error, ...input }: FieldProps): ReactElement {
  return (
    <FieldFrame label={label} hint={hint} error={error} isOptional={!input.required}>
      {(control) => <input {...input} {...control} data-complaint={complaint} />}
    </FieldFrame>
  );
}
