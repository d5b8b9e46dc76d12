import type { ReactElement } from 'react';
import { useParams } from 'react-router';
import { ApiError } from '../api/errors.ts';
import { Failure } from '../layout/failure.tsx';
import { Skeleton } from '../layout/skeleton.tsx';
import { MicrositeEditor } from '../microsites/microsite-editor.tsx';
import { useMicrosite } from '../microsites/use-microsites.ts';
import { NotFoundPage } from './not-found-page.tsx';

export function MicrositePage(): ReactElement {
  const { micrositeId = '' } = useParams();
  const { data, error, refetch } = useMicrosite(micrositeId);
  if (isUnknown(error)) return <NotFoundPage />;
  // By id: what was typed into one microsite must not end up in another.
  if (data) return <MicrositeEditor key={data.id} microsite={data} />;
  if (error) return <Failure error={error} action="show_microsite" onRetry={refetch} />;
  return <Skeleton height="page" label="Loading microsite" />;
}

/** An address that was mistyped may not even look like an id, which the API calls malformed. */
function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.body.field === 'id');
}
