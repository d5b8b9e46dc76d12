import { Sentry } from '@qr/browser';
import type { ReactElement } from 'react';
import type { Code, CodeChanges } from '../api/codes.ts';
import { Field } from '../forms/field.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { useUpdateCode } from './use-codes.ts';

/** What can be changed of a printed code: its title, where it leads, and whether it does. */
export function CodeEditor({ code }: { readonly code: Code }): ReactElement {
  const { mutateAsync: updateCode, isPending } = useUpdateCode(code.id);
  const notify = useNotice();
  const { isBusy, errors, onSubmit, onInput } = useSubmit({
    action: 'update_qr',
    fields: ['title', 'destinationUrl'],
    submit: async (data) => {
      Sentry.addBreadcrumb({ message: 'Updating QR code', data: { qr_id: code.id } });
      await updateCode(changesIn(data));
      notify('Saved.', 'success');
    },
  });
  const toggle = async () => {
    try {
      await updateCode({ status: code.status === 'active' ? 'disabled' : 'active' });
    } catch (error) {
      notify(failureMessage(error, 'switch_qr'));
    }
  };
  const isActive = code.status === 'active';
  return (
    <section className="card stack" aria-labelledby="edit-heading">
      <h2 id="edit-heading">Edit</h2>
      <form className="form" onSubmit={onSubmit} onInput={onInput} noValidate>
        <Field
          label="Title"
          name="title"
          type="text"
          maxLength={100}
          defaultValue={code.title ?? ''}
          hint="Only you see it."
          error={errors['title']}
        />
        {code.type === 'url' && (
          <Field
            label="Leads to"
            name="destinationUrl"
            type="url"
            inputMode="url"
            required
            defaultValue={code.destinationUrl ?? ''}
            hint="The printed picture stays the same. Scans follow within half a minute."
            error={errors['destinationUrl']}
          />
        )}
        <div className="actions">
          <button type="submit" disabled={isBusy}>
            {isBusy ? 'Saving…' : 'Save'}
          </button>
          {code.scanUrl !== null && (
            <button
              type="button"
              className="quiet"
              aria-pressed={!isActive}
              disabled={isPending}
              onClick={() => void toggle()}
            >
              {isActive ? 'Switch off' : 'Switch on'}
            </button>
          )}
          {!isActive && <span className="badge off">Switched off: scans get a page that says so</span>}
        </div>
      </form>
    </section>
  );
}

function changesIn(data: FormData): CodeChanges {
  const destinationUrl = data.get('destinationUrl');
  return {
    title: String(data.get('title') ?? '').trim() || null,
    ...(typeof destinationUrl === 'string' && { destinationUrl: destinationUrl.trim() }),
  };
}
