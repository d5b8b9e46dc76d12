import type { ReactElement } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import type { MicrositeContent } from '../api/microsites.ts';
import { ApiError } from '../api/request.ts';
import { Loaded, PageHead } from '../layout/page.tsx';
import { MicrositeEditor } from '../microsites/microsite-editor.tsx';
import { MicrositeForm } from '../microsites/microsite-form.tsx';
import { useCreateMicrosite, useMicrosite } from '../microsites/queries.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { NotFoundPage } from './error-page.tsx';

export function MicrositePage(): ReactElement {
  const { micrositeId = '' } = useParams();
  const query = useMicrosite(micrositeId);
  if (isUnknown(query.error)) return <NotFoundPage />;
  return (
    <Loaded query={query} action="show_microsite" height="page" label="Loading microsite">
      {/* By id: what was typed into one microsite must not end up in another. */}
      {(microsite) => <MicrositeEditor key={microsite.id} microsite={microsite} />}
    </Loaded>
  );
}

/** An address that was mistyped may not even look like an id, which the API calls malformed. */
function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.body.field === 'id');
}

const EMPTY: MicrositeContent = { title: '', links: [] };

export function NewMicrositePage(): ReactElement {
  const navigate = useNavigate();
  const notify = useNotice();
  const create = useCreateMicrosite();
  const store = async (content: MicrositeContent) => {
    const { id } = await create.mutateAsync(content);
    await navigate(`/microsites/${id}`);
    notify('Draft created. Publish it when it is ready.', 'success');
  };

  return (
    <>
      <PageHead title="New microsite">
        <Link to="/microsites">All microsites</Link>
      </PageHead>
      <MicrositeForm initial={EMPTY} action="create_microsite" store={store}>
        {({ isBusy }) => (
          <button type="submit" disabled={isBusy}>
            {isBusy ? 'Creating…' : 'Create draft'}
          </button>
        )}
      </MicrositeForm>
    </>
  );
}
