import { Sentry, useConsent } from '@qr/browser';
import { type ReactElement, type ReactNode, type SubmitEvent, startTransition, useId, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { changePassword, deleteAccount, rename, type User } from '../api/accounts.ts';
import { Field, Form, NewPasswordField, SubmitButton } from '../forms/fields.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { useNotice } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';

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
  return (
    <AccountSection title="Profile">
      <Form state={state} buttons={<SubmitButton busy="Saving…">Save name</SubmitButton>}>
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
  return (
    <AccountSection title="Password">
      <Form ref={form} state={state} buttons={<SubmitButton busy="Changing…">Change password</SubmitButton>}>
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
    <SubmitButton className="danger" busy="Deleting…">
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

interface AccountSectionProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** One part of the account page. */
export function AccountSection({ title, children }: AccountSectionProps): ReactElement {
  const titleId = useId();
  return (
    <section className="card account-section" aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      {children}
    </section>
  );
}

/** The visitor's consent to analytics and session replay. It is kept in this browser, not in the account. */
export function PrivacySection(): ReactElement {
  const { analytics, replay, setConsent } = useConsent();
  const isDecided = browserRefuses();
  return (
    <AccountSection title="Privacy">
      <p className="muted">These choices hold for this browser.</p>
      {isDecided && (
        <p className="privacy-note">
          Your browser asks not to be tracked (Do Not Track or Global Privacy Control). That decides: both are off.
        </p>
      )}
      <Switch
        label="Count page views"
        hint="We count which pages are opened and what is done there, to make this app better. No names or addresses are recorded."
        isOn={analytics === 'granted'}
        isDisabled={isDecided}
        onChange={(isOn) => setConsent({ analytics: isOn })}
      />
      <Switch
        label="Record the screen"
        hint="Some visits are recorded, to see what went wrong. Every text, input and picture is hidden before it leaves this browser."
        isOn={replay === 'granted'}
        isDisabled={isDecided}
        onChange={(isOn) => setConsent({ replay: isOn })}
      />
    </AccountSection>
  );
}

interface SwitchProps {
  readonly label: string;
  /** What it means when it is on. */
  readonly hint: string;
  readonly isOn: boolean;
  readonly isDisabled: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** Something that is on or off, and is so at once. */
function Switch({ label, hint, isOn, isDisabled, onChange }: SwitchProps): ReactElement {
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

/**
 * Whether the browser has answered for the person, by Do-Not-Track or Global Privacy Control (https://w3c.github.io/gpc/).
 * The consent of `@qr/browser` obeys the same two signals.
 */
function browserRefuses(browser: Navigator = navigator): boolean {
  const { doNotTrack, globalPrivacyControl } = browser as Navigator & { readonly globalPrivacyControl?: boolean };
  return doNotTrack === '1' || globalPrivacyControl === true;
}
