import { Sentry, trackEvent } from '@qr/browser';
import { type ChangeEvent, type ReactElement, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { CodeType, NewCode } from '../api/codes.ts';
import { ApiError, NetworkError } from '../api/errors.ts';
import { Field } from '../forms/field.tsx';
import { useSubmit } from '../forms/use-submit.ts';
import { useMicrosites } from '../microsites/use-microsites.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { CodePreview } from './code-preview.tsx';
import { ContentFields } from './content-fields.tsx';
import { KindPicker } from './kind-picker.tsx';
import { CODE_FIELDS, readCodeForm } from './read-code-form.ts';
import { readLogo } from './read-logo.ts';
import { useCreateCode } from './use-codes.ts';
import { useDelayed } from './use-delayed.ts';

/** Long enough that a word is typed to its end. */
const PREVIEW_DELAY_MS = 350;

/**
 * Makes a QR code. The service counts the codes it makes (`qr_created`) and the requests it refuses, once and out of reach of ad blockers; only what it
 * cannot see, a request that never got an answer, is counted here.
 */
export function CreateQRForm(): ReactElement {
  const navigate = useNavigate();
  const notify = useNotice();
  const [search] = useSearchParams();
  const [type, setType] = useState<CodeType>(search.has('microsite') ? 'microsite' : 'url');
  const [typed, setTyped] = useState<NewCode>();
  const preview = useDelayed(typed, PREVIEW_DELAY_MS);
  const { mutateAsync: createCode } = useCreateCode();
  const microsites = useMicrosites({ enabled: type === 'microsite' });
  // A code for a microsite needs one to choose, and the list may still be on its way.
  const hasChoice = type !== 'microsite' || (microsites.data?.items.length ?? 0) > 0;
  const { isBusy, errors, onSubmit, onInput } = useSubmit({
    action: 'create_qr',
    fields: CODE_FIELDS,
    submit: async (data) => {
      // What kind, never what was typed.
      Sentry.addBreadcrumb({ message: 'Creating QR code', data: { qr_type: type } });
      const code = await createCode(readCodeForm(type, data, await logoOf(data)));
      notify('Your code is ready.', 'success');
      await navigate(`/qr/${code.id}`);
    },
    onFailure: (error) => {
      if (error instanceof NetworkError) trackEvent('qr_creation_failed', { qr_type: type, reason: 'network' });
    },
  });

  const follow = (event: ChangeEvent<HTMLFormElement>) => {
    const form = event.currentTarget;
    // Fields of another kind come and go with the choice: they are read once they are there.
    setTimeout(async () => {
      const data = new FormData(form);
      const kind = (data.get('type') ?? 'url') as CodeType;
      setTyped(form.checkValidity() ? readCodeForm(kind, data, await logoOf(data).catch(() => undefined)) : undefined);
    });
  };

  return (
    <div className="beside">
      <form className="card form" onSubmit={onSubmit} onInput={onInput} onChange={follow} noValidate>
        <KindPicker value={type} onChange={setType} />
        <ContentFields key={type} type={type} errors={errors} />
        <Field
          label="Title"
          name="title"
          type="text"
          maxLength={100}
          hint="Only you see it, to find the code again."
          error={errors['title']}
        />
        <Field
          label="Logo"
          name="logo"
          type="file"
          accept="image/png,image/jpeg"
          hint="PNG or JPEG of at most 200 kB, drawn in the middle of the code."
          error={errors['logo']}
        />
        <button type="submit" disabled={isBusy || !hasChoice}>
          {isBusy ? 'Creating…' : 'Create code'}
        </button>
      </form>
      <CodePreview code={preview} />
    </div>
  );
}

async function logoOf(data: FormData): Promise<string | undefined> {
  const file = data.get('logo');
  if (!(file instanceof File) || file.size === 0) return undefined;
  const logo = await readLogo(file);
  // Said here in the API's own form, so that half a megabyte is not sent to be refused.
  if (logo === undefined) throw new ApiError(400, { field: 'logo', message: 'The logo may be at most 200 kB large.' });
  return logo;
}
