import { type InputEvent, type SubmitEvent, useRef, useState } from 'react';
import { ApiError } from '../api/errors.ts';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';

/** What {@link useSubmit} takes. */
export interface SubmitOptions {
  /** A constant that names the action in error reports, such as `create_qr`. */
  readonly action: string;
  /** The fields of the form: complaints about others are shown as a notice. */
  readonly fields: readonly string[];
  readonly submit: (data: FormData) => Promise<void>;
  /** Hears of every failure, before it is shown. */
  readonly onFailure?: (error: unknown) => void;
}

/** The state of a form: whether it is being sent, and what the API says of its fields. */
export interface SubmitState {
  readonly isBusy: boolean;
  readonly errors: Readonly<Record<string, string>>;
  readonly onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  /** Takes a complaint away once its field is being changed. */
  readonly onInput: (event: InputEvent<HTMLFormElement>) => void;
}

/** Sends a form once at a time and sorts what can go wrong: complaints go to their field, everything else into a notice. */
export function useSubmit({ action, fields, submit, onFailure }: SubmitOptions): SubmitState {
  const [isBusy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const isSending = useRef(false);
  const notify = useNotice();

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
        setErrors({ [field]: complaint(field, error.message) });
        const input = form.elements.namedItem(field);
        if (input instanceof HTMLElement) input.focus();
      } else {
        notify(failureMessage(error, action));
      }
    } finally {
      isSending.current = false;
      setBusy(false);
    }
  };

  return {
    isBusy,
    errors,
    onInput: ({ target }) => {
      const { name } = target as Partial<HTMLInputElement>;
      if (name !== undefined && name in errors) setErrors({});
    },
    onSubmit: (event) => {
      event.preventDefault();
      if (!isSending.current) void send(event.currentTarget);
    },
  };
}

/** The API names the field at the start of its sentence, which stands beside that field here. */
function complaint(field: string, message: string): string {
  if (!message.startsWith(`${field} `)) return message;
  const rest = message.slice(field.length + 1);
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`;
}
