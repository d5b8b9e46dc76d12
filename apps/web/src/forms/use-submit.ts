import { type InputEvent, type SubmitEvent, useRef, useState } from 'react';
import { ApiError } from '../api/errors.ts';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { checkForm, plainComplaint } from './check-form.ts';

export interface SubmitOptions {
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
