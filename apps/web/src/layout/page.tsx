import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactElement, type ReactNode, useEffect, useMemo } from 'react';
import { failureMessage } from '../notices/notice-provider.tsx';

const SITE = 'QR Platform';

/** Names the page in the tab, the history and to screen readers. Draws nothing. */
export function PageTitle({ children }: { readonly children: string }): null {
  useEffect(() => {
    document.title = `${children} · ${SITE}`;
  }, [children]);
  return null;
}

interface PageHeadProps {
  readonly title: string;
  readonly titleClass?: string;
  /** Stands beside the heading. */
  readonly children?: ReactNode;
}

/** The title of a page, in the tab and on the page. */
export function PageHead({ title, titleClass, children }: PageHeadProps): ReactElement {
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <div className="page-head">
        <h1 className={titleClass}>{title}</h1>
        {children}
      </div>
    </>
  );
}

interface LoadedProps<Data> extends SkeletonProps {
  readonly query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch'>;
  /** A constant that names what was wanted in error reports, such as `list_codes`. */
  readonly action: string;
  readonly children: (data: Data) => ReactNode;
}

/** Shows what was asked for: a placeholder until it is there, a message and a button when it does not come. A failed refresh leaves what is shown. */
export function Loaded<Data>({ query, action, children, ...skeleton }: LoadedProps<Data>): ReactNode {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (error) return <Failure error={error} action={action} onRetry={refetch} />;
  return <Skeleton {...skeleton} />;
}

interface FailureProps {
  readonly error: unknown;
  readonly action: string;
  readonly onRetry: () => unknown;
}

function Failure({ error, action, onRetry }: FailureProps): ReactElement {
  // Reported once, however often the page is drawn.
  const message = useMemo(() => failureMessage(error, action), [error, action]);
  return (
    <div className="card message" role="alert">
      <p>{message}</p>
      <button type="button" onClick={() => void onRetry()}>
        Try again
      </button>
    </div>
  );
}

interface SkeletonProps {
  /** A named size, because the content security policy allows no inline styles. */
  readonly height: 'line' | 'card' | 'chart' | 'page';
  readonly label?: string;
}

/** Takes the room of what is coming, so that nothing moves when it comes. */
export function Skeleton({ height, label = 'Loading' }: SkeletonProps): ReactElement {
  return (
    <div className={`skeleton skeleton-${height}`} role="status">
      <span className="visually-hidden">{label}…</span>
    </div>
  );
}
