import type { ReactElement, ReactNode } from 'react';
import { Field } from '../forms/field.tsx';
import { FormProblem } from '../forms/form-problem.tsx';
import { TextAreaField } from '../forms/text-area-field.tsx';
import { LIMITS } from './draft.ts';
import { LeaveGuard } from './leave-guard.tsx';
import { LinkFields } from './link-fields.tsx';
import { MicrositePreview } from './microsite-preview.tsx';
import { type DraftOptions, useDraft } from './use-draft.ts';

interface MicrositeFormProps extends DraftOptions {
  /** Whether what was typed may be lost, as all of it is. */
  readonly isLeaving?: boolean;
  /** The buttons below the fields. */
  readonly children: (state: { readonly isBusy: boolean; readonly isChanged: boolean }) => ReactNode;
}

/** The content of a microsite, beside what visitors will see of it. */
export function MicrositeForm({ isLeaving = false, children, ...options }: MicrositeFormProps): ReactElement {
  const { draft, change, isChanged, isBusy, errors, problem, errorOf, onSubmit, onInput } = useDraft(options);
  return (
    <div className="editor">
      <form className="card form" onSubmit={onSubmit} onInput={onInput} noValidate>
        <Field
          label="Title"
          name="title"
          type="text"
          value={draft.title}
          maxLength={LIMITS.title}
          autoComplete="off"
          required
          complaint="Give the microsite a title."
          error={errors['title']}
          onChange={({ target }) => change({ title: target.value })}
        />
        <TextAreaField
          label="Description"
          name="description"
          rows={3}
          value={draft.description}
          maxLength={LIMITS.description}
          hint="A sentence or two below the title."
          error={errors['description']}
          onChange={({ target }) => change({ description: target.value })}
        />
        <LinkFields
          links={draft.links}
          error={errors['links']}
          errorOf={errorOf}
          onChange={(links) => change({ links })}
        />
        <FormProblem>{problem}</FormProblem>
        <div className="actions">{children({ isBusy, isChanged })}</div>
      </form>
      <MicrositePreview draft={draft} />
      {/* While it is sent, the page may well lead on by itself. */}
      <LeaveGuard isActive={isChanged && !isBusy && !isLeaving} />
    </div>
  );
}
