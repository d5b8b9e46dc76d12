import type { ComponentProps, ReactElement } from 'react';
import { FieldFrame } from './field-frame.tsx';

interface FieldProps extends ComponentProps<'input'> {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  /** What the API says is wrong with it. */
  readonly error?: string | undefined;
}

/** A labelled input whose hint and error are read out with it. */
export function Field({ label, hint, error, ...input }: FieldProps): ReactElement {
  return (
    <FieldFrame label={label} hint={hint} error={error} isOptional={!input.required}>
      {(control) => <input {...input} {...control} />}
    </FieldFrame>
  );
}
