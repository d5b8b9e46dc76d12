import type { ReactElement } from 'react';
import { CreateQRForm } from '../codes/create-qr-form.tsx';
import { PageTitle } from '../layout/page-title.tsx';

export function CreatePage(): ReactElement {
  return (
    <>
      <PageTitle>New QR code</PageTitle>
      <div className="page-head">
        <h1>New QR code</h1>
      </div>
      <CreateQRForm />
    </>
  );
}
