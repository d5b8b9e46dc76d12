import { Sentry } from '@qr/browser';
import type { ReactElement } from 'react';
import type { Code, CodeChanges } from '../api/codes.ts';
import { Field, Form, SubmitButton, WebAddressField } from '../forms/fields.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { completeWebAddress } from '../forms/web-address.ts';
import { useAttempt, useNotice } from '../notices/notice-provider.tsx';
import { useUpdateCode } from './queries.ts';

/** What can be changed of a printed code: its title, where it leads, and whether it does. */
export function CodeEditor({ code }: { readonly code: Code }): ReactElement {
  const { mutateAsync: updateCode, isPending } = useUpdateCode(code.id);
  const notify = useNotice();
  const attempt = useAttempt();
  const state = useSubmit({
    action: 'update_qr',
    fields: ['title', 'destinationUrl'],
    submit: async (data) => {
      Sentry.addBreadcrumb({ message: 'Updating QR code', data: { qr_id: code.id } });
      await updateCode(changesIn(code, data));
      notify('Saved.', 'success');
    },
  });
  const isActive = code.status === 'active';
  const toggle = () => attempt('switch_qr', () => updateCode({ status: isActive ? 'disabled' : 'active' }));
  const buttons = (
    <div className="actions">
      <SubmitButton busy="Saving…">Save</SubmitButton>
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
  );
  return (
    <section className="card stack" aria-labelledby="edit-heading">
      <h2 id="edit-heading">Edit</h2>
      <Form state={state} buttons={buttons}>
        <Field
          label="Title"
          name="title"
          type="text"
          maxLength={100}
          defaultValue={code.title ?? ''}
          hint="Only you see it."
        />
        {code.type === 'url' && (
          <WebAddressField
            label="Leads to"
            name="destinationUrl"
            required
            defaultValue={code.destinationUrl ?? ''}
            hint="The printed code stays the same. Scans lead to the new address within 30 seconds."
          />
        )}
        {code.scanUrl !== null && (
          <label className="check">
            <input type="checkbox" name="forwardsQuery" defaultChecked={code.forwardsQuery} />
            <span>
              Pass on query parameters
              <span className="hint">
                Adds what follows the “?” of a scanned address to the destination. Campaign parameters (utm_*) are
                always passed on.
              </span>
            </span>
          </label>
        )}
      </Form>
    </section>
  );
}

/** Returns the changed fields, and always the title because the API refuses an empty change. */
function changesIn(code: Code, data: FormData): CodeChanges {
  const typed = data.get('destinationUrl');
  const destinationUrl = typeof typed === 'string' ? completeWebAddress(typed) : code.destinationUrl;
  const forwardsQuery = data.get('forwardsQuery') !== null;
  return {
    title: String(data.get('title') ?? '').trim() || null,
    ...(destinationUrl !== null && destinationUrl !== code.destinationUrl && { destinationUrl }),
    ...(code.scanUrl !== null && forwardsQuery !== code.forwardsQuery && { forwardsQuery }),
  };
}
