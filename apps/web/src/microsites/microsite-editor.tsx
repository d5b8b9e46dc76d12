import { type ReactElement, useRef } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Microsite, MicrositeContent } from '../api/microsites.ts';
import { DeleteButton } from '../layout/confirm-dialog.tsx';
import { PageHead } from '../layout/page.tsx';
import { failureMessage, useNotice } from '../notices/notice-provider.tsx';
import { MicrositeForm } from './microsite-form.tsx';
import { useDeleteMicrosite, usePublishMicrosite, useSaveMicrosite, useUnpublishMicrosite } from './queries.ts';

/** Everything that can be done with a microsite. */
export function MicrositeEditor({ microsite }: { readonly microsite: Microsite }): ReactElement {
  const notify = useNotice();
  const navigate = useNavigate();
  const save = useSaveMicrosite(microsite.id);
  const publish = usePublishMicrosite(microsite.id);
  const deletion = useDeleteMicrosite(microsite.id, async () => {
    await navigate('/microsites');
    notify('Microsite deleted.', 'success');
  });
  const wanted = useRef<'save' | 'publish'>('save');

  const store = async (content: MicrositeContent) => {
    await save.mutateAsync(content);
  };
  const finish = async () => {
    if (wanted.current === 'publish') await publish.mutateAsync();
    notify(wanted.current === 'publish' ? 'Published.' : 'Saved.', 'success');
  };
  const isPublished = microsite.status === 'published';

  return (
    <>
      <PageHead title={microsite.title} titleClass="microsite-title">
        <Link to="/microsites">All microsites</Link>
      </PageHead>
      <Publication microsite={microsite} />
      <MicrositeForm
        initial={microsite}
        action="edit_microsite"
        store={store}
        finish={finish}
        isLeaving={deletion.isPending}
      >
        {({ isBusy, isChanged }) => (
          <>
            <button
              type="submit"
              disabled={isBusy}
              onClick={() => {
                wanted.current = 'save';
              }}
            >
              {save.isPending ? 'Saving…' : 'Save'}
            </button>
            <button
              type="submit"
              className="quiet"
              disabled={isBusy || (isPublished && !microsite.hasUnpublishedChanges && !isChanged)}
              onClick={() => {
                wanted.current = 'publish';
              }}
            >
              {publish.isPending ? 'Publishing…' : isPublished ? 'Publish changes' : 'Publish'}
            </button>
            {isChanged && <span className="unsaved">Not saved yet</span>}
          </>
        )}
      </MicrositeForm>
      <DeleteButton
        label="Delete microsite"
        title="Delete this microsite?"
        action={deletion.isPending ? 'Deleting…' : 'Delete'}
        reportedAs="delete_microsite"
        isBusy={deletion.isPending}
        onDelete={deletion.mutateAsync}
      >
        <p>“{microsite.title}” and its address are gone for good. QR codes that lead there will find nothing.</p>
      </DeleteButton>
    </>
  );
}

/** Who sees a microsite, and what can be done with it once everyone does. */
function Publication({ microsite }: { readonly microsite: Microsite }): ReactElement {
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
