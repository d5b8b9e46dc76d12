import { Sentry, trackEvent } from '@qr/browser';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { CODE_KINDS, type CodeType, type NewCode } from '../api/codes.ts';
import { ApiError, NetworkError } from '../api/request.ts';
import { Field, Form, SubmitButton } from '../forms/fields.tsx';
import { checkForm, useSubmit } from '../forms/use-submit.ts';
import { PageHead } from '../layout/page.tsx';
import { useMicrosites } from '../microsites/queries.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { CODE_FIELDS, ContentFields, readCodeForm, readLogo } from './content-fields.tsx';
import { useCodePreview, useCreateCode, useDelayed } from './queries.ts';

export function CreatePage(): ReactElement {
  return (
    <>
      <PageHead title="New QR code" />
      <CreateQRForm />
    </>
  );
}

/** Long enough that a word is typed to its end. */
const PREVIEW_DELAY_MS = 350;

/**
 * Makes a QR code. The service counts the codes it makes (`qr_created`) and the requests it refuses, once and out of reach of ad blockers; only what it
 * cannot see, a request that never got an answer, is counted here.
 */
function CreateQRForm(): ReactElement {
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
  const state = useSubmit({
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

  const button = (
    <SubmitButton busy="Creating…" disabled={!hasChoice}>
      Create code
    </SubmitButton>
  );
  return (
    <div className="beside">
      <Form ref={form} className="card form" state={state} buttons={button} onChange={() => void follow()}>
        <KindPicker value={type} onChange={setType} />
        <ContentFields key={type} type={type} />
        <Field
          label="Title"
          name="title"
          type="text"
          maxLength={100}
          placeholder={choices?.find(({ id }) => id === typed?.micrositeId)?.title}
          hint="Only you see it, to find the code again."
        />
        <Field
          label="Logo"
          name="logo"
          type="file"
          accept="image/png,image/jpeg"
          hint="PNG or JPEG of at most 200 kB, drawn in the middle of the code."
        />
      </Form>
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

interface KindPickerProps {
  readonly value: CodeType;
  readonly onChange: (type: CodeType) => void;
}

/** Radio buttons that look like tabs: arrow keys move between them, as in every group of radios. */
function KindPicker({ value, onChange }: KindPickerProps): ReactElement {
  const use = CODE_KINDS.find(({ type }) => type === value)?.use;
  return (
    <fieldset className="kinds">
      <legend>What should the code do?</legend>
      <div className="kind-options">
        {CODE_KINDS.map(({ type, name }) => (
          <label key={type}>
            <input type="radio" name="type" value={type} checked={type === value} onChange={() => onChange(type)} />
            {name}
          </label>
        ))}
      </div>
      <p className="hint">{use}</p>
    </fieldset>
  );
}

/** The picture of what is being typed, drawn by the service as it will be drawn in the end. */
function CodePreview({ code }: { readonly code: NewCode | undefined }): ReactElement {
  const { data, isPlaceholderData } = useCodePreview(code);
  const leadsSomewhere = code?.type === 'url' || code?.type === 'microsite';
  return (
    <aside className="card preview" aria-label="Preview">
      <h2>Preview</h2>
      {data && code ? (
        <img
          className={isPlaceholderData ? 'stale' : undefined}
          src={`data:image/svg+xml,${encodeURIComponent(data)}`}
          alt="How the code will look"
          width="240"
          height="240"
        />
      ) : (
        <p className="preview-empty">Your code appears here while you type.</p>
      )}
      {data && code && (
        <p className="hint">
          {leadsSomewhere
            ? 'The final pattern differs: each code gets its own address.'
            : 'Try it: point your phone’s camera at it.'}
        </p>
      )}
    </aside>
  );
}
