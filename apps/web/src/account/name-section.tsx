import { type ReactElement, useId } from 'react';
import { rename, type User } from '../api/accounts.ts';
import { Field } from '../forms/field.tsx';
import { FormProblem } from '../forms/form-problem.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';

/** Form for the user's name. */
export function NameSection({ user }: { readonly user: User }): ReactElement {
  const titleId = useId();
  const { change } = useSession();
  const notify = useNotice();
  const { isBusy, errors, problem, onSubmit, onInput } = useSubmit({
    action: 'rename',
    fields: ['name'],
    submit: async (data) => {
      change(await rename(String(data.get('name') ?? '').trim()));
      notify('Name saved.', 'success');
    },
  });
  return (
    <section className="card account-section" aria-labelledby={titleId}>
      <h2 id={titleId}>Profile</h2>
      <form className="form" onSubmit={onSubmit} onInput={onInput} noValidate>
        <Field
          label="Name"
          name="name"
          type="text"
          autoComplete="name"
          maxLength={100}
          defaultValue={user.name ?? ''}
          complaint="Leave out special characters."
          error={errors['name']}
        />
        <FormProblem>{problem}</FormProblem>
        <button type="submit" disabled={isBusy}>
          {isBusy ? 'Saving…' : 'Save name'}
        </button>
      </form>
    </section>
  );
}
