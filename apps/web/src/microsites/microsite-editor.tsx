import { type ReactElement, useRef } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Microsite, MicrositeContent } from '../api/microsites.ts';
import { PageTitle } from '../layout/page-title.tsx';
import { useNotice } from '../notices/notice-provider.tsx';
import { DeleteMicrosite } from './delete-microsite.tsx';
import { MicrositeForm } from './microsite-form.tsx';
import { Publication } from './publication.tsx';
import { useDeleteMicrosite, usePublishMicrosite, useSaveMicrosite } from './use-microsite-changes.ts';

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
      <PageTitle>{microsite.title}</PageTitle>
      <div className="page-head">
        <h1 className="microsite-title">{microsite.title}</h1>
        <Link to="/microsites">All microsites</Link>
      </div>
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
      <DeleteMicrosite title={microsite.title} deletion={deletion} />
    </>
  );
}
