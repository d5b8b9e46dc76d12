import type { ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { ApiError } from '../api/errors.ts';
import { CodeContent } from '../codes/code-content.tsx';
import { CodeEditor } from '../codes/code-editor.tsx';
import { CodePicture } from '../codes/code-picture.tsx';
import { CodeScans } from '../codes/code-scans.tsx';
import { DeleteCode } from '../codes/delete-code.tsx';
import { titleOf } from '../codes/title-of.ts';
import { useCode } from '../codes/use-codes.ts';
import { Failure } from '../layout/failure.tsx';
import { PageTitle } from '../layout/page-title.tsx';
import { Skeleton } from '../layout/skeleton.tsx';
import { NotFoundPage } from './not-found-page.tsx';

export function CodePage(): ReactElement {
  const { qrId = '' } = useParams();
  const { data: code, error, refetch } = useCode(qrId);
  if (error instanceof ApiError && (error.status === 404 || error.status === 400)) return <NotFoundPage />;
  if (error && !code) return <Failure error={error} action="show_code" onRetry={refetch} />;
  if (!code) return <Skeleton height="page" label="Loading the code" />;
  return (
    <>
      <PageTitle>{titleOf(code)}</PageTitle>
      <div className="page-head">
        <h1>{titleOf(code)}</h1>
        <Link to="/">All codes</Link>
      </div>
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
