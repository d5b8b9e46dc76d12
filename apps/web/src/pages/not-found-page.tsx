import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { PageTitle } from '../layout/page-head.tsx';

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
