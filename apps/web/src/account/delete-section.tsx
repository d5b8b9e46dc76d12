import { Sentry } from '@qr/browser';
import { type ReactElement, type SubmitEvent, useId, useRef, useState } from 'react';
import { deleteAccount } from '../api/accounts.ts';
import { Field } from '../forms/field.tsx';
import { FormProblem } from '../forms/form-problem.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { AccountName } from './account-name.tsx';
import { useGoodbye } from './use-goodbye.ts';

/** Deletes the account, for whoever knows its password and is sure. */
export function DeleteSection({ email }: { readonly email: string }): ReactElement {
  const titleId = useId();
  const form = useRef<HTMLFormElement>(null);
  const [isAsking, setAsking] = useState(false);
  const sayGoodbye = useGoodbye();
  const { isBusy, errors, problem, onSubmit, onInput } = useSubmit({
    action: 'delete_account',
    fields: ['password'],
    submit: async (data) => {
      Sentry.addBreadcrumb({ message: 'Deleting account' });
      await deleteAccount(String(data.get('password')));
      sayGoodbye();
    },
  });

  // Below an open dialog nothing can be pressed: what is sent then comes from its button.
  const askFirst = (event: SubmitEvent<HTMLFormElement>) => {
    setAsking(!isAsking);
    if (isAsking) onSubmit(event);
    else event.preventDefault();
  };

  return (
    <section className="card account-section" aria-labelledby={titleId}>
      <h2 id={titleId}>Delete account</h2>
      <p className="muted">
        Everything that you made here goes with it, and printed codes that lead to a page stop working.
      </p>
      {/* Checked by the browser: a question that is asked without a password has no answer. */}
      <form className="form" ref={form} onSubmit={askFirst} onInput={onInput}>
        <AccountName email={email} />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          error={errors['password']}
        />
        <FormProblem>{problem}</FormProblem>
        <button type="submit" className="danger" disabled={isBusy}>
          {isBusy ? 'Deleting…' : 'Delete account'}
        </button>
      </form>
      <ConfirmDialog
        isOpen={isAsking}
        title="Delete your account?"
        action="Delete everything"
        onConfirm={() => form.current?.requestSubmit()}
        onClose={() => setAsking(false)}
      >
        <p>This permanently deletes:</p>
        <ul>
          <li>your account and every log-in, on all devices,</li>
          <li>your QR codes: printed ones that lead to a page stop working,</li>
          <li>your microsites,</li>
          <li>the statistics of all of them.</li>
        </ul>
      </ConfirmDialog>
    </section>
  );
}
