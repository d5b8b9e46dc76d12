import type { ReactElement } from 'react';
import { Link, useSearchParams } from 'react-router';
import { SelectField } from '../forms/select-field.tsx';
import { Failure } from '../layout/failure.tsx';
import { Skeleton } from '../layout/skeleton.tsx';
import { useMicrosites } from '../microsites/use-microsites.ts';

/** Which of one's own microsites a code leads to; `?microsite=` chooses one. */
export function MicrositeField({ error }: { readonly error: string | undefined }): ReactElement {
  const microsites = useMicrosites();
  const [search] = useSearchParams();
  if (microsites.isPending) return <Skeleton height="line" label="Loading your microsites" />;
  if (microsites.isError)
    return <Failure error={microsites.error} action="list_microsites" onRetry={microsites.refetch} />;
  const { items } = microsites.data;
  if (items.length === 0) {
    return (
      <p>
        You have no microsite yet. <Link to="/microsites/new">Make one</Link>, and come back for its code.
      </p>
    );
  }
  return (
    <SelectField
      label="Microsite"
      name="micrositeId"
      defaultValue={search.get('microsite') ?? items[0]?.id}
      options={items.map(({ id, title, status }) => ({
        value: id,
        label: status === 'draft' ? `${title} (draft)` : title,
      }))}
      hint="Visitors see it once it is published."
      error={error}
    />
  );
}
