import type { ReactElement } from 'react';
import type { StoredError } from '../../../src/store/records.ts';
import type { ErrorDetail } from '../../../src/views/find-error.ts';
import { Breadcrumbs } from '../shared/breadcrumbs.tsx';
import { Stack } from '../shared/stack.tsx';
import { useJson } from '../shared/use-json.ts';

/** Stack and breadcrumbs; the inbox knows where in an event they are. */
export function ErrorParts({ error }: { readonly error: StoredError }): ReactElement | null {
  const { data } = useJson<ErrorDetail>(`/api/errors/${error.eventId}`);
  if (data === undefined) return null;
  return (
    <>
      <Stack frames={data.frames} />
      <Breadcrumbs crumbs={data.breadcrumbs} />
    </>
  );
}
