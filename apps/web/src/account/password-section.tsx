import { Sentry } from '@qr/browser';
import { type ReactElement, useId, useRef } from 'react';
import { changePassword } from '../api/accounts.ts';
import { Field } from '../forms/field.tsx';
import { FormProblem } from '../forms/form-problem.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { AccountName } from './account-name.tsx';

/** Replaces the password. */
export function PasswordSection({ email }: { readonly email: string }): ReactElement {
  const titleId = useId();
  const form = useRef<HTMLFormElement>(null);
  const notify = useNotice();
  const { isBusy, errors, problem, onSubmit, onInput } = useSubmit({
    action: 'change_password',
    fields: ['currentPassword', 'newPassword'],
    submit: async (data) => {
      Sentry.addBreadcrumb({ message: 'Changing password' });
      await changePassword({
        currentPassword: String(data.get('currentPassword')),
        newPassword: String(data.get('newPassword')),
      });
      form.current?.reset();
      notify('Password changed. You are logged out everywhere else.', 'success');
    },
  });

  return (
    <section className="card account-section" aria-labelledby={titleId}>
      <h2 id={titleId}>Password</h2>
      <form className="form" ref={form} onSubmit={onSubmit} onInput={onInput} noValidate>
        <AccountName email={email} />
        <Field
          label="Current password"
          name="currentPassword"
          type="password"
          autoComplete="current-password"
          required
          complaint="Enter your current password."
          error={errors['currentPassword']}
        />
        <Field
          label="New password"
          name="newPassword"
          type="password"
          autoComplete="new-password"
          hint="At least 8 characters."
          required
          minLength={8}
          complaint="Use at least 8 characters."
          error={errors['newPassword']}
        />
        <FormProblem>{problem}</FormProblem>
        <button type="submit" disabled={isBusy}>
          {isBusy ? 'Changing…' : 'Change password'}
        </button>
      </form>
    </section>
  );
}
