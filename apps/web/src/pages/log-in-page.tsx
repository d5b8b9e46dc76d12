import type { ReactElement } from 'react';
import { Link, Navigate, useLocation } from 'react-router';
import { logIn } from '../api/accounts.ts';
import { Field } from '../forms/field.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { useSession } from '../session/session-provider.tsx';
import { useReturnPath } from '../session/use-return-path.ts';

export function LogInPage(): ReactElement {
  const { user, enter } = useSession();
  const returnPath = useReturnPath();
  const { state } = useLocation();
  const { isBusy, errors, onSubmit, onInput } = useSubmit({
    action: 'log_in',
    fields: ['email', 'password'],
    submit: async (data) => {
      enter(await logIn({ email: String(data.get('email')), password: String(data.get('password')) }));
    },
  });

  if (user) return <Navigate to={returnPath} replace />;
  return (
    <div className="narrow">
      <h1>Log in</h1>
      <form className="card form" onSubmit={onSubmit} onInput={onInput} noValidate>
        <Field label="E-mail" name="email" type="email" autoComplete="email" required error={errors['email']} />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          error={errors['password']}
        />
        <button type="submit" disabled={isBusy}>
          {isBusy ? 'Logging in…' : 'Log in'}
        </button>
      </form>
      <p className="aside">
        No account yet?{' '}
        <Link to="/signup" state={state}>
          Sign up
        </Link>
      </p>
    </div>
  );
}
