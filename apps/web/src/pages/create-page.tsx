import type { ReactElement } from 'react';
import { CreateQRForm } from '../codes/create-qr-form.tsx';

export function CreatePage(): ReactElement {
  return (
    <>
      <div className="page-head">
        <h1>New QR code</h1>
      </div>
      <CreateQRForm />
    </>
  );
}
