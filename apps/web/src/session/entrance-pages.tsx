import type { ReactElement, ReactNode } from 'react';
import { Link, Navigate, Outlet, useLocation } from 'react-router';
import { logIn, signUp, type User } from '../api/accounts.ts';
import { Field, Form, NewPasswordField, SubmitButton } from '../forms/fields.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { PageTitle, Skeleton } from '../layout/page.tsx';
import { useSession } from './session-provider.tsx';

export function LogInPage(): ReactElement {
  return (
    <EntrancePage
      title="Log in"
      action="log_in"
      fields={['email', 'password']}
      submit={(data) => logIn(credentialsOf(data))}
      button="Log in"
      busy="Logging in…"
      aside="No account yet?"
      other={{ path: '/signup', name: 'Sign up' }}
    >
      <EmailField />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        complaint="Enter your password."
      />
    </EntrancePage>
  );
}

export function SignUpPage(): ReactElement {
  const submit = (data: FormData) => {
    const name = String(data.get('name') ?? '').trim();
    return signUp({ ...credentialsOf(data), ...(name !== '' && { name }) });
  };
  return (
    <EntrancePage
      title="Create your account"
      action="sign_up"
      fields={['email', 'password', 'name']}
      submit={submit}
      button="Sign up"
      busy="Creating account…"
      aside="Already have an account?"
      other={{ path: '/login', name: 'Log in' }}
    >
      <Field label="Name" name="name" type="text" autoComplete="name" maxLength={100} />
      <EmailField />
      <NewPasswordField label="Password" name="password" />
    </EntrancePage>
  );
}

/** Shows the pages below it to people who are logged in, and sends the others to the log-in and back. */
export function RequireSession(): ReactElement {
  const { user } = useSession();
  const { pathname, search } = useLocation();
  if (user === undefined) return <Skeleton height="page" />;
  if (user === null) return <Navigate to="/login" state={{ from: pathname + search }} replace />;
  return <Outlet />;
}

interface EntrancePageProps {
  readonly title: string;
  readonly action: string;
  readonly fields: readonly string[];
  readonly submit: (data: FormData) => Promise<User>;
  readonly button: string;
  readonly busy: string;
  readonly aside: string;
  readonly other: { readonly path: string; readonly name: string };
  readonly children: ReactNode;
}

/** A form that starts a session, and leads back to where its visitor came from. */
function EntrancePage(props: EntrancePageProps): ReactElement {
  const { title, action, fields, submit, button, busy, aside, other, children } = props;
  const { user, enter } = useSession();
  const location = useLocation();
  const state = useSubmit({ action, fields, submit: async (data) => enter(await submit(data)) });

  if (user) return <Navigate to={returnPath(location.state)} replace />;
  return (
    <div className="narrow">
      <PageTitle>{title}</PageTitle>
      <h1>{title}</h1>
      <Form className="card form" state={state} buttons={<SubmitButton busy={busy}>{button}</SubmitButton>}>
        {children}
      </Form>
      <p className="aside">
        {aside}{' '}
        <Link to={other.path} state={location.state}>
          {other.name}
        </Link>
      </p>
    </div>
  );
}

function EmailField(): ReactElement {
  return (
    <Field
      label="E-mail"
      name="email"
      type="email"
      autoComplete="email"
      required
      complaint="Enter your e-mail address, such as ada@example.com."
    />
  );
}

function credentialsOf(data: FormData) {
  return { email: String(data.get('email')), password: String(data.get('password')) };
}

/** The page of this app that sent the visitor to the log-in. */
function returnPath(state: unknown): string {
  const from = (state as { readonly from?: unknown } | null)?.from;
  return typeof from === 'string' && from.startsWith('/') ? from : '/';
}
