import type { ReactElement } from 'react';
import { Link } from 'react-router';
import type { Microsite } from '../api/microsites.ts';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { useUnpublishMicrosite } from './use-microsite-changes.ts';

/** Who sees a microsite, and what can be done with it once everyone does. */
export function Publication({ microsite }: { readonly microsite: Microsite }): ReactElement {
  const notify = useNotice();
  const unpublish = useUnpublishMicrosite(microsite.id);
  const takeBack = () =>
    unpublish.mutate(undefined, {
      onSuccess: () => notify('Unpublished: only you can see it now.', 'success'),
      onError: (error) => notify(failureMessage(error, 'unpublish_microsite')),
    });

  return (
    <section className="card publication" aria-label="Publication">
      <p role="status">{statusText(microsite)}</p>
      {microsite.status === 'published' && (
        <>
          <p className="address">
            <a href={microsite.url} target="_blank" rel="noreferrer">
              {microsite.url}
            </a>
          </p>
          <div className="actions">
            <Link to={`/create?microsite=${encodeURIComponent(microsite.id)}`} className="button">
              Make a QR code for it
            </Link>
            <button type="button" className="quiet" disabled={unpublish.isPending} onClick={takeBack}>
              {unpublish.isPending ? 'Unpublishing…' : 'Unpublish'}
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function statusText({ status, hasUnpublishedChanges }: Microsite): string {
  if (status === 'draft') return 'Draft: only you can see it';
  return hasUnpublishedChanges ? 'Published, with changes that visitors do not see yet' : 'Published';
}
