import type { ReactElement } from 'react';
import { Link, Navigate, useLocation } from 'react-router';
import { signUp } from '../api/accounts.ts';
import { Field } from '../forms/field.tsx';
import { FormProblem } from '../forms/form-problem.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { PageTitle } from '../layout/page-title.tsx';
import { useSession } from '../session/session-provider.tsx';
import { useReturnPath } from '../session/use-return-path.ts';

export function SignUpPage(): ReactElement {
  const { user, enter } = useSession();
  const returnPath = useReturnPath();
  const { state } = useLocation();
  const { isBusy, errors, problem, onSubmit, onInput } = useSubmit({
    action: 'sign_up',
    fields: ['email', 'password', 'name'],
    submit: async (data) => {
      const name = String(data.get('name') ?? '').trim();
      const account = { email: String(data.get('email')), password: String(data.get('password')) };
      enter(await signUp({ ...account, ...(name !== '' && { name }) }));
    },
  });

  if (user) return <Navigate to={returnPath} replace />;
  return (
    <div className="narrow">
      <PageTitle>Create your account</PageTitle>
      <h1>Create your account</h1>
      <form className="card form" onSubmit={onSubmit} onInput={onInput} noValidate>
        <Field label="Name" name="name" type="text" autoComplete="name" maxLength={100} error={errors['name']} />
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
          autoComplete="new-password"
          hint="At least 8 characters."
          required
          minLength={8}
          complaint="Use at least 8 characters."
          error={errors['password']}
        />
        <FormProblem>{problem}</FormProblem>
        <button type="submit" disabled={isBusy}>
          {isBusy ? 'Creating account…' : 'Sign up'}
        </button>
      </form>
      <p className="aside">
        Already have an account?{' '}
        <Link to="/login" state={state}>
          Log in
        </Link>
      </p>
    </div>
  );
}
