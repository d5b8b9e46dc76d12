import { Sentry, trackEvent } from '@qr/browser';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { CodeType, NewCode } from '../api/codes.ts';
import { ApiError, NetworkError } from '../api/errors.ts';
import { checkForm } from '../forms/check-form.ts';
import { Field } from '../forms/field.tsx';
import { FormProblem } from '../forms/form-problem.tsx';
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
  const form = useRef<HTMLFormElement>(null);
  const [typed, setTyped] = useState<NewCode>();
  const preview = useDelayed(typed, PREVIEW_DELAY_MS);
  const { mutateAsync: createCode } = useCreateCode();
  const microsites = useMicrosites({ enabled: type === 'microsite' });
  // A code for a microsite needs one to choose, and the list may still be on its way.
  const choices = type === 'microsite' ? microsites.data?.items : undefined;
  const hasChoice = type !== 'microsite' || (choices?.length ?? 0) > 0;
  const { isBusy, errors, problem, onSubmit, onInput } = useSubmit({
    action: 'create_qr',
    fields: CODE_FIELDS,
    submit: async (data) => {
      // What kind, never what was typed.
      Sentry.addBreadcrumb({ message: 'Creating QR code', data: { qr_type: type } });
      const read = readCodeForm(type, data, await logoOf(data));
      // Its microsite's, so that the code can be told from others.
      const title = read.title ?? choices?.find(({ id }) => id === read.micrositeId)?.title;
      const code = await createCode({ ...read, ...(title !== undefined && { title }) });
      notify('Your code is ready.', 'success');
      await navigate(`/qr/${code.id}`);
    },
    onFailure: (error) => {
      if (error instanceof NetworkError) trackEvent('qr_creation_failed', { qr_type: type, reason: 'network' });
    },
  });

  const follow = async () => {
    if (!form.current) return;
    const data = new FormData(form.current);
    const kind = (data.get('type') ?? 'url') as CodeType;
    const isComplete = Object.keys(checkForm(form.current)).length === 0;
    const code = isComplete && readCodeForm(kind, data, await logoOf(data).catch(() => undefined));
    setTyped(code && isDrawable(code) ? code : undefined);
  };
  // The fields of another kind, and the microsites to choose from, are there when they have been drawn.
  // biome-ignore lint/correctness/useExhaustiveDependencies: reads the form, which these change.
  useEffect(() => void follow(), [type, choices]);

  return (
    <div className="beside">
      <form
        ref={form}
        className="card form"
        onSubmit={onSubmit}
        onInput={onInput}
        onChange={() => void follow()}
        noValidate
      >
        <KindPicker value={type} onChange={setType} />
        <ContentFields key={type} type={type} errors={errors} />
        <Field
          label="Title"
          name="title"
          type="text"
          maxLength={100}
          placeholder={choices?.find(({ id }) => id === typed?.micrositeId)?.title}
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
        <FormProblem>{problem}</FormProblem>
        <button type="submit" disabled={isBusy || !hasChoice}>
          {isBusy ? 'Creating…' : 'Create code'}
        </button>
      </form>
      <CodePreview code={preview} />
    </div>
  );
}

/** Whether the service could draw it: it would refuse an address that is still being typed. */
function isDrawable({ type, destinationUrl, micrositeId, vcard }: NewCode): boolean {
  if (type === 'url') return destinationUrl !== undefined && URL.canParse(destinationUrl);
  if (type === 'microsite') return micrositeId !== undefined && micrositeId !== '';
  return type === 'wifi' || [vcard?.firstName, vcard?.lastName, vcard?.organization].some(Boolean);
}

async function logoOf(data: FormData): Promise<string | undefined> {
  const file = data.get('logo');
  if (!(file instanceof File) || file.size === 0) return undefined;
  const logo = await readLogo(file);
  // Said here in the API's own form, so that half a megabyte is not sent to be refused.
  if (logo === undefined) throw new ApiError(400, { field: 'logo', message: 'The logo may be at most 200 kB large.' });
  return logo;
}
