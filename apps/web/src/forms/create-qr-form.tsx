import { Sentry, trackEvent } from '@qr/browser';
import type { ReactElement } from 'react';
import { useNavigate } from 'react-router';
import { createCode, type NewCode } from '../api/codes.ts';
import { ApiError, NetworkError } from '../api/errors.ts';
import { Field } from './field.tsx';
import { readLogo } from './read-logo.ts';
import { useSubmit } from './use-submit.ts';

/**
 * Makes a QR code. The service counts the codes it makes and the requests it refuses, once and out of reach of ad blockers; only what it cannot
 * see, a request that never got an answer, is counted here.
 */
export function CreateQRForm(): ReactElement {
  const navigate = useNavigate();
  const { isBusy, errors, onSubmit } = useSubmit({
    action: 'create_qr',
    fields: ['destinationUrl', 'title', 'logo'],
    submit: async (data) => {
      Sentry.addBreadcrumb({ message: 'Creating QR code', data: { qr_type: 'url' } });
      const code = await createCode(await readForm(data));
      await navigate(`/qr/${code.id}`);
    },
    onFailure: (error) => {
      if (error instanceof NetworkError) trackEvent('qr_creation_failed', { qr_type: 'url', reason: 'network' });
    },
  });

  return (
    <form className="card form" onSubmit={onSubmit} noValidate>
      <Field
        label="Where should the code lead?"
        name="destinationUrl"
        type="url"
        inputMode="url"
        placeholder="https://example.com/menu"
        autoComplete="url"
        required
        error={errors['destinationUrl']}
      />
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
      <button type="submit" disabled={isBusy}>
        {isBusy ? 'Creating…' : 'Create code'}
      </button>
    </form>
  );
}

async function readForm(data: FormData): Promise<NewCode> {
  const title = String(data.get('title') ?? '').trim();
  const file = data.get('logo');
  const logo = file instanceof File && file.size > 0 ? await logoOf(file) : undefined;
  return {
    type: 'url',
    destinationUrl: String(data.get('destinationUrl') ?? '').trim(),
    ...(title !== '' && { title }),
    ...(logo !== undefined && { logo }),
  };
}

async function logoOf(file: File): Promise<string> {
  const logo = await readLogo(file);
  // Said here in the API's own form, so that half a megabyte is not sent to be refused.
  if (logo === undefined) throw new ApiError(400, { field: 'logo', message: 'The logo may be at most 200 kB large.' });
  return logo;
}
