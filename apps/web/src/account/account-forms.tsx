import { Sentry } from '@qr/browser';
import { type ReactElement, type SubmitEvent, startTransition, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { changePassword, deleteAccount, rename, type User } from '../api/accounts.ts';
import { Field, NewPasswordField } from '../forms/fields.tsx';
import { Form, SubmitButton } from '../forms/form.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { useNotice } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';
import { AccountSection } from './account-section.tsx';

export function NameSection({ user }: { readonly user: User }): ReactElement {
  const { change } = useSession();
  const notify = useNotice();
  const state = useSubmit({
    action: 'rename',
    fields: ['name'],
    submit: async (data) => {
      change(await rename(String(data.get('name') ?? '').trim()));
      notify('Name saved.', 'success');
    },
  });
  const button = (
    <SubmitButton state={state} busy="Saving…">
      Save name
    </SubmitButton>
  );
  return (
    <AccountSection title="Profile">
      <Form state={state} buttons={button}>
        <Field
          label="Name"
          name="name"
          type="text"
          autoComplete="name"
          maxLength={100}
          defaultValue={user.name ?? ''}
          complaint="Leave out special characters."
        />
      </Form>
    </AccountSection>
  );
}

export function PasswordSection({ email }: { readonly email: string }): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const notify = useNotice();
  const state = useSubmit({
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
  const button = (
    <SubmitButton state={state} busy="Changing…">
      Change password
    </SubmitButton>
  );
  return (
    <AccountSection title="Password">
      <Form ref={form} state={state} buttons={button}>
        <AccountName email={email} />
        <Field
          label="Current password"
          name="currentPassword"
          type="password"
          autoComplete="current-password"
          required
          complaint="Enter your current password."
        />
        <NewPasswordField label="New password" name="newPassword" />
      </Form>
    </AccountSection>
  );
}

/** Deletes the account after a confirmation with its password. */
export function DeleteSection({ email }: { readonly email: string }): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const [isAsking, setAsking] = useState(false);
  const { forget } = useSession();
  const navigate = useNavigate();
  const notify = useNotice();
  const state = useSubmit({
    action: 'delete_account',
    fields: ['password'],
    submit: async (data) => {
      Sentry.addBreadcrumb({ message: 'Deleting account' });
      await deleteAccount(String(data.get('password')));
      // In one step: a page that needs a session would send to the log-in, and one for visitors would send a person with a session away.
      startTransition(() => {
        forget();
        void navigate('/signup', { replace: true });
      });
      notify('Your account and everything in it is deleted.', 'success');
    },
  });

  // Below an open dialog nothing can be pressed: what is sent then comes from its button.
  const askFirst = (event: SubmitEvent<HTMLFormElement>) => {
    setAsking(!isAsking);
    if (isAsking) state.onSubmit(event);
    else event.preventDefault();
  };
  const button = (
    <SubmitButton className="danger" state={state} busy="Deleting…">
      Delete account
    </SubmitButton>
  );
  return (
    <AccountSection title="Delete account">
      <p className="muted">
        Everything that you made here goes with it, and printed codes that lead to a page stop working.
      </p>
      {/* Checked by the browser: a question that is asked without a password has no answer. */}
      <Form ref={form} state={state} buttons={button} onSubmit={askFirst} noValidate={false}>
        <AccountName email={email} />
        <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      </Form>
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
    </AccountSection>
  );
}

/** Tells password managers whose password a form is about. */
function AccountName({ email }: { readonly email: string }): ReactElement {
  return <input type="text" autoComplete="username" value={email} readOnly hidden />;
}
