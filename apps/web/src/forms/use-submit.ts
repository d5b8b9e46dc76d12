import { type InputEvent, type SubmitEvent, useRef, useState } from 'react';
import { ApiError } from '../api/request.ts';
import { failureMessage, useNotice } from '../notices/notice-provider.tsx';

interface SubmitOptions {
  /** A constant that names the action in error reports, such as `create_qr`. */
  readonly action: string;
  /** The fields of the form: complaints about others are problems of the form. */
  readonly fields: readonly string[];
  readonly submit: (data: FormData) => Promise<void>;
  /** Hears of every failure, before it is shown. */
  readonly onFailure?: (error: unknown) => void;
}

/** The state of a form: whether it is being sent, and what is wrong with it. */
export interface SubmitState {
  readonly isBusy: boolean;
  /** By the name of the field. */
  readonly errors: Readonly<Record<string, string>>;
  /** Of the form as a whole; to be shown above its button. */
  readonly problem: string | undefined;
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  /** Takes a complaint away once its field is being changed. */
  readonly onInput: (event: InputEvent<HTMLFormElement>) => void;
}

/** Checks a form, sends it once at a time, and sorts what can go wrong: complaints stand beside their field, everything else above the button. */
export function useSubmit({ action, fields, submit, onFailure }: SubmitOptions): SubmitState {
  const [isBusy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<string>();
  const isSending = useRef(false);
  const notify = useNotice();

  const complain = (form: HTMLFormElement, complaints: Readonly<Record<string, string>>) => {
    setErrors(complaints);
    const input = form.elements.namedItem(Object.keys(complaints)[0] ?? '');
    if (input instanceof HTMLElement) input.focus();
  };

  const send = async (form: HTMLFormElement) => {
    isSending.current = true;
    setBusy(true);
    setErrors({});
    notify(undefined);
    try {
      await submit(new FormData(form));
    } catch (error) {
      onFailure?.(error);
      const field = error instanceof ApiError ? error.body.field : undefined;
      if (error instanceof ApiError && field !== undefined && fields.includes(field)) {
        complain(form, { [field]: plainComplaint(form, field, error.message) });
      } else {
        setProblem(failureMessage(error, action));
      }
    } finally {
      isSending.current = false;
      setBusy(false);
    }
  };

  return {
    isBusy,
    errors,
    problem,
    onInput: ({ target }) => {
      const { name } = target as Partial<HTMLInputElement>;
      if (name === undefined || !(name in errors)) return;
      const { [name]: _corrected, ...others } = errors;
      setErrors(others);
    },
    onSubmit: (event) => {
      event.preventDefault();
      const form = event.currentTarget;
      if (isSending.current) return;
      setProblem(undefined);
      const complaints = checkForm(form);
      if (Object.keys(complaints).length > 0) complain(form, complaints);
      else void send(form);
    },
  };
}

/** Stands beside a field that has no sentence of its own. */
const REQUIRED = 'Fill this in.';

/** What is wrong with the fields of a form before it is sent, by name: the sentence of each field for what was left out or mistyped. */
export function checkForm(form: HTMLFormElement): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {};
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) continue;
    // Unlike the browser, which takes spaces for an answer.
    const isEmpty = element.type !== 'password' && element.value.trim() === '';
    const isTooShort = element.minLength > 0 && element.value.length < element.minLength;
    const isWrong = element.required && (isEmpty || isTooShort || element.value === '');
    if (isWrong || element.validity.typeMismatch) errors[element.name] = complaintOf(element) ?? REQUIRED;
  }
  return errors;
}

// What a schema says of a value, in words for programmers.
const FOR_PROGRAMMERS =
  /^(?:is required|must not be empty|is not in the right form|must be an address that begins|must have a firstName)/;

/**
 * A complaint of the API as it stands beside its field. The API begins with the field's name and follows with what a schema asks for, for which the field has
 * a sentence of its own; complaints in other words are for people already.
 */
function plainComplaint(form: HTMLFormElement, field: string, message: string): string {
  // The message may name the group of a field: `vcard must have …` of `vcard.firstName`.
  const name = [field, field.split('.')[0]].find((each) => message.startsWith(`${each} `));
  if (name === undefined) return message;
  const rest = message.slice(name.length + 1);
  const own = FOR_PROGRAMMERS.test(rest) ? complaintOf(form.elements.namedItem(field)) : undefined;
  return own ?? `${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`;
}

function complaintOf(element: Element | RadioNodeList | null): string | undefined {
  return element instanceof HTMLElement ? element.dataset['complaint'] : undefined;
}
