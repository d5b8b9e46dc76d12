import type { ReactElement } from 'react';
import type { StoredError } from '../../../src/store/records.ts';
import type { ErrorDetail } from '../../../src/views/find-error.ts';
import { Breadcrumbs } from '../shared/breadcrumbs.tsx';
import { Exceptions } from '../shared/exceptions.tsx';

import { useJson } from '../shared/use-json.ts';

/** Stack and breadcrumbs; the inbox knows where in an event they are. */
export function ErrorParts({ error }: { readonly error: StoredError }): ReactElement | null {
  const { data } = useJson<ErrorDetail>(`/api/errors/${error.eventId}`);
  if (data === undefined) return null;
  return (
    <>
      <Exceptions exceptions={data.exceptions} />
      <Breadcrumbs crumbs={data.breadcrumbs} />
    </>
  );
}
