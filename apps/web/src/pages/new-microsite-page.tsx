import type { ReactElement } from 'react';
import { Link, useNavigate } from 'react-router';
import type { MicrositeContent } from '../api/microsites.ts';
import { PageTitle } from '../layout/page-title.tsx';
import { MicrositeForm } from '../microsites/microsite-form.tsx';
import { useCreateMicrosite } from '../microsites/use-microsite-changes.ts';
import { useNotice } from '../notices/notice-provider.tsx';

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
      <PageTitle>New microsite</PageTitle>
      <div className="page-head">
        <h1>New microsite</h1>
        <Link to="/microsites">All microsites</Link>
      </div>
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
