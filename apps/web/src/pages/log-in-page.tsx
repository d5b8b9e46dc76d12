import type { ReactElement } from 'react';
import { Link, Navigate, useLocation } from 'react-router';
import { logIn } from '../api/accounts.ts';
import { Field } from '../forms/field.tsx';
import { FormProblem } from '../forms/form-problem.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { PageTitle } from '../layout/page-title.tsx';
import { useSession } from '../session/session-provider.tsx';
import { useReturnPath } from '../session/use-return-path.ts';

export function LogInPage(): ReactElement {
  const { user, enter } = useSession();
  const returnPath = useReturnPath();
  const { state } = useLocation();
  const { isBusy, errors, problem, onSubmit, onInput } = useSubmit({
    action: 'log_in',
    fields: ['email', 'password'],
    submit: async (data) => {
      enter(await logIn({ email: String(data.get('email')), password: String(data.get('password')) }));
    },
  });

  if (user) return <Navigate to={returnPath} replace />;
  return (
    <div className="narrow">
      <PageTitle>Log in</PageTitle>
      <h1>Log in</h1>
      <form className="card form" onSubmit={onSubmit} onInput={onInput} noValidate>
        <Field
          label="E-mail"
          name="email"
          type="email"
          autoComplete="email"
          required
          complaint="Enter your e-mail address, such as ada@example.com."
          error={errors['email']}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          complaint="Enter your password."
          error={errors['password']}
        />
        <FormProblem>{problem}</FormProblem>
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
