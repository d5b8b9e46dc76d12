import { type ReactElement, type ReactNode, useId } from 'react';

/** What a control needs to belong to its label, hint and error. */
interface ControlProps {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby'?: string;
}

interface FieldFrameProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly isOptional: boolean;
  readonly children: (control: ControlProps) => ReactNode;
}

/** Label, hint and error around a control of any kind. */
export function FieldFrame({ label, hint, error, isOptional, children }: FieldFrameProps): ReactElement {
  const id = useId();
  const describedBy = error ? `${id}-error` : hint && `${id}-hint`;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {isOptional && <span className="optional"> (optional)</span>}
      </label>
      {children({ id, 'aria-invalid': error !== undefined, ...(describedBy && { 'aria-describedby': describedBy }) })}
      {/* What is wrong stands where the hint was. */}
      {hint && !error && (
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
