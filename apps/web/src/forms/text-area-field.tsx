import type { ComponentProps, ReactElement } from 'react';
import { FieldFrame } from './field-frame.tsx';

interface TextAreaFieldProps extends ComponentProps<'textarea'> {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  readonly error?: string | undefined;
}

/** A labelled text of several lines. */
export function TextAreaField({ label, hint, error, ...area }: TextAreaFieldProps): ReactElement {
  return (
    <FieldFrame label={label} hint={hint} error={error} isOptional={!area.required}>
      {(control) => <textarea {...area} {...control} />}
    </FieldFrame>
  );
}
