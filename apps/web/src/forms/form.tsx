import { type ComponentProps, createContext, type ReactElement, type ReactNode } from 'react';
import type { SubmitState } from './use-submit.ts';

interface FormProps extends ComponentProps<'form'> {
  readonly state: SubmitState;
  readonly buttons: ReactNode;
}

/** The complaints about the fields of a form, by name. */
export const FieldErrors = createContext<SubmitState['errors']>({});

/** A form whose fields find their complaints by their names. What is wrong with it as a whole stands above its buttons, and is read out at once. */
export function Form({ state, buttons, children, ...form }: FormProps): ReactElement {
  return (
    <FieldErrors value={state.errors}>
      <form className="form" onSubmit={state.onSubmit} onInput={state.onInput} noValidate {...form}>
        {children}
        {state.problem !== undefined && (
          <p className="form-problem" role="alert">
            {state.problem}
          </p>
        )}
        {buttons}
      </form>
    </FieldErrors>
  );
}

interface SubmitButtonProps extends ComponentProps<'button'> {
  readonly state: SubmitState;
  /** What it says while the form is being sent. */
  readonly busy: string;
}

export function SubmitButton({ state: { isBusy }, busy, disabled = false, children, ...button }: SubmitButtonProps) {
  return (
    <button type="submit" disabled={isBusy || disabled} {...button}>
      {isBusy ? busy : children}
    </button>
  );
}
