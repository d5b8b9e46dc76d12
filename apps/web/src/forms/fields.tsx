import {
  type ComponentProps,
  createContext,
  type FocusEvent,
  type ReactElement,
  type ReactNode,
  useContext,
  useId,
} from 'react';
import type { SubmitState } from './use-submit.ts';
import { completeWebAddress } from './web-address.ts';

interface Labelled {
  readonly label: string;
  readonly name: string;
  readonly hint?: string;
  /** @default the complaint of the form about the field of this name */
  readonly error?: string | undefined;
}

interface FieldProps extends ComponentProps<'input'>, Labelled {
  readonly name: string;
  /** What to enter, in a sentence: stands below the field when it was left empty or mistyped. */
  readonly complaint?: string;
}

/** A labelled input whose hint and error are read out with it. */
export function Field({ complaint, ...field }: FieldProps): ReactElement {
  return (
    <FieldFrame field={field} isOptional={!field.required}>
      {(control) => <input {...control} data-complaint={complaint} />}
    </FieldFrame>
  );
}

/** A field for a password that is not set yet. */
export function NewPasswordField(field: Pick<FieldProps, 'label' | 'name'>): ReactElement {
  return (
    <Field
      {...field}
      type="password"
      autoComplete="new-password"
      hint="At least 8 characters."
      required
      minLength={8}
      complaint="Use at least 8 characters."
    />
  );
}

type WebAddressFieldProps = Omit<FieldProps, 'type' | 'inputMode' | 'value' | 'onChange'> & {
  readonly value?: string;
  /** With what was typed, and with the completed address once the field is left. */
  readonly onChangeAddress?: (address: string) => void;
};

/** A field for a web address, which is completed with `https://` when it is left. Not of type `url`, with which browsers refuse the short form. */
export function WebAddressField({ onChangeAddress, ...field }: WebAddressFieldProps): ReactElement {
  const complete = ({ currentTarget }: FocusEvent<HTMLInputElement>) => {
    const address = completeWebAddress(currentTarget.value);
    if (address === currentTarget.value) return;
    if (onChangeAddress) onChangeAddress(address);
    else currentTarget.value = address;
  };
  return (
    <Field
      placeholder="example.com/menu"
      complaint="Enter a web address, such as example.com/menu."
      {...field}
      type="text"
      inputMode="url"
      autoCapitalize="none"
      spellCheck={false}
      onBlur={complete}
      {...(onChangeAddress && { onChange: ({ target }) => onChangeAddress(target.value) })}
    />
  );
}

/** A labelled text of several lines. */
export function TextAreaField(field: ComponentProps<'textarea'> & Labelled): ReactElement {
  return (
    <FieldFrame field={field} isOptional={!field.required}>
      {(control) => <textarea {...control} />}
    </FieldFrame>
  );
}

interface SelectFieldProps extends ComponentProps<'select'>, Labelled {
  readonly name: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** A labelled choice of one among a few; there is always one chosen. */
export function SelectField({ options, ...field }: SelectFieldProps): ReactElement {
  return (
    <FieldFrame field={field} isOptional={false}>
      {(control) => (
        <select {...control}>
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

interface FieldFrameProps<Field extends Labelled> {
  readonly field: Field;
  readonly isOptional: boolean;
  /** Draws the control with what makes it belong to its label, hint and error. */
  readonly children: (control: Omit<Field, 'label' | 'hint' | 'error'>) => ReactNode;
}

/** Label, hint and error around a control of any kind. */
function FieldFrame<Field extends Labelled>({ field, isOptional, children }: FieldFrameProps<Field>): ReactElement {
  const id = useId();
  const { errors } = useContext(FormState);
  const { label, hint, error: ownError, ...control } = field;
  const error = 'error' in field ? ownError : errors[field.name];
  const describedBy = error ? `${id}-error` : hint && `${id}-hint`;
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {isOptional && <span className="optional"> (optional)</span>}
      </label>
      {children({
        ...control,
        id,
        'aria-invalid': error !== undefined,
        ...(describedBy && { 'aria-describedby': describedBy }),
      })}
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

interface FormProps extends ComponentProps<'form'> {
  readonly state: SubmitState;
  readonly buttons: ReactNode;
}

/** What the fields and buttons of a form know of it. */
const FormState = createContext<Pick<SubmitState, 'errors' | 'isBusy'>>({ errors: {}, isBusy: false });

/** A form whose fields find their complaints by their names. What is wrong with it as a whole stands above its buttons, and is read out at once. */
export function Form({ state, buttons, children, ...form }: FormProps): ReactElement {
  return (
    <FormState value={state}>
      <form className="form" onSubmit={state.onSubmit} onInput={state.onInput} noValidate {...form}>
        {children}
        {state.problem !== undefined && (
          <p className="form-problem" role="alert">
            {state.problem}
          </p>
        )}
        {buttons}
      </form>
    </FormState>
  );
}

interface SubmitButtonProps extends ComponentProps<'button'> {
  /** What it says while the form is being sent. */
  readonly busy: string;
}

/** Sends the form that it belongs to. */
export function SubmitButton({ busy, disabled = false, children, ...button }: SubmitButtonProps): ReactElement {
  const { isBusy } = useContext(FormState);
  return (
    <button type="submit" disabled={isBusy || disabled} {...button}>
      {isBusy ? busy : children}
    </button>
  );
}
