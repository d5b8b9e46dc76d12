import type { ReactElement } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { type Code, titleOf } from '../api/codes.ts';
import { ApiError } from '../api/request.ts';
import { CodeEditor } from '../codes/code-editor.tsx';
import { CodePicture } from '../codes/code-picture.tsx';
import { CodeScans } from '../codes/code-scans.tsx';
import { useCode, useDeleteCode, useForgetCode } from '../codes/queries.ts';
import { DeleteButton } from '../layout/confirm-dialog.tsx';
import { Loaded, PageHead } from '../layout/page.tsx';
import { useNotice } from '../notices/notice-provider.tsx';
import { NotFoundPage } from './error-page.tsx';

export function CodePage(): ReactElement {
  const { qrId = '' } = useParams();
  const query = useCode(qrId);
  const { error } = query;
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <NotFoundPage />;
  return (
    <Loaded query={query} action="show_code" height="page" label="Loading the code">
      {(code) => <CodeParts code={code} />}
    </Loaded>
  );
}

function CodeParts({ code }: { readonly code: Code }): ReactElement {
  return (
    <>
      <PageHead title={titleOf(code)}>
        <Link to="/">All codes</Link>
      </PageHead>
      <div className="beside code-page">
        <div className="stack">
          {code.scanUrl === null ? <CodeContent code={code} /> : <CodeScans id={code.id} scanUrl={code.scanUrl} />}
          {/* Anew for each code, as it holds what is typed. */}
          <CodeEditor key={code.id} code={code} />
          <DeleteCode code={code} />
        </div>
        <CodePicture code={code} />
      </div>
    </>
  );
}

/** What phones read from a code by themselves. */
function CodeContent({ code: { wifi, vcard } }: { readonly code: Code }): ReactElement {
  return (
    <section className="card stack" aria-label="Content">
      <h2>{wifi ? 'Network' : 'Business card'}</h2>
      <dl>
        {wifi && <Row name="Name" value={wifi.ssid} />}
        {wifi && <Row name="Encryption" value={wifi.encryption === 'none' ? 'None' : wifi.encryption} />}
        {wifi?.password && <Row name="Password" value={wifi.password} />}
        <Row name="Name" value={[vcard?.firstName, vcard?.lastName].filter(Boolean).join(' ')} />
        <Row name="Company" value={vcard?.organization} />
        <Row name="Job title" value={vcard?.jobTitle} />
        <Row name="Phone" value={vcard?.phone} />
        <Row name="E-mail" value={vcard?.email} />
        <Row name="Web page" value={vcard?.url} />
      </dl>
      <p className="hint">
        Phones read this from the picture itself: it cannot be changed once it is printed, and scans are not counted.
      </p>
    </section>
  );
}

function Row({ name, value }: { readonly name: string; readonly value: string | undefined }): ReactElement | null {
  if (!value) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function DeleteCode({ code }: { readonly code: Code }): ReactElement {
  const { mutateAsync: deleteCode, isPending } = useDeleteCode(code.id);
  const forgetCode = useForgetCode(code.id);
  const navigate = useNavigate();
  const notify = useNotice();
  const remove = async () => {
    await deleteCode();
    notify('The code is deleted.', 'success');
    await navigate('/');
    forgetCode();
  };
  return (
    <div>
      <DeleteButton
        label="Delete code"
        title={`Delete “${titleOf(code)}”?`}
        action="Delete for good"
        reportedAs="delete_qr"
        isBusy={isPending}
        onDelete={remove}
      >
        <p>
          {code.scanUrl === null
            ? 'Printed copies go on working, as phones read them by themselves. It is gone from your list.'
            : 'Printed copies of it will lead nowhere, for good.'}
        </p>
      </DeleteButton>
    </div>
  );
}
