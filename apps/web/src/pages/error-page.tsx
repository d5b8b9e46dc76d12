import type { ErrorFallbackProps } from '@qr/browser';
import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { queryClient } from '../api/request.ts';
import { ChunkErrorPage, ChunkLoadError } from '../chunks/lazy-page.tsx';
import { PageTitle } from '../layout/page.tsx';

/** Stands in the place of a broken page. It says nothing of the error itself, which may quote what a person typed. */
export function ErrorPage({ error, errorId, resetError }: ErrorFallbackProps): ReactElement {
  if (error instanceof ChunkLoadError) return <ChunkErrorPage error={error} resetError={resetError} />;
  const tryAgain = () => {
    // An answer that broke the page would break it again.
    queryClient.clear();
    resetError();
  };
  return (
    <main className="narrow">
      <div className="card message" role="alert">
        <h1>This page broke</h1>
        <p>That is our fault, not yours. Your codes are safe and keep working.</p>
        {errorId !== undefined && (
          <p className="error-id">
            If you write to us, please quote the error id <code>{errorId}</code>
          </p>
        )}
        <div className="actions">
          <button type="button" onClick={tryAgain}>
            Try again
          </button>
          <a href="/">Go to the start page</a>
        </div>
      </div>
    </main>
  );
}

export function NotFoundPage(): ReactElement {
  return (
    <div className="narrow">
      <PageTitle>Not found</PageTitle>
      <div className="card message">
        <h1>Page not found</h1>
        <p>The address may be mistyped, or the page has moved.</p>
        <div className="actions">
          <Link to="/" className="button">
            Go to your codes
          </Link>
        </div>
      </div>
    </div>
  );
}
