import { type ComponentProps, type ReactElement, useId } from 'react';

interface FieldProps extends ComponentProps<'input'> {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  /** What the API says is wrong with it. */
  readonly error?: string | undefined;
}

/** A labelled input whose hint and error are read out with it. */
export function Field({ label, hint, error, ...input }: FieldProps): ReactElement {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {!input.required && <span className="optional"> (optional)</span>}
      </label>
      <input
        {...input}
        id={id}
        aria-invalid={error !== undefined}
        {...(describedBy && { 'aria-describedby': describedBy })}
      />
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
