import { type ReactElement, useId } from 'react';

interface SwitchProps {
  readonly label: string;
  /** What it means when it is on. */
  readonly hint: string;
  readonly isOn: boolean;
  readonly isDisabled: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** Something that is on or off, and is so at once. */
export function Switch({ label, hint, isOn, isDisabled, onChange }: SwitchProps): ReactElement {
  const id = useId();
  return (
    <div className="switch">
      <input
        type="checkbox"
        id={id}
        aria-describedby={`${id}-hint`}
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label htmlFor={id}>{label}</label>
      <p className="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}
