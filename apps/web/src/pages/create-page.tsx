import type { ReactElement } from 'react';
import { CreateQRForm } from '../forms/create-qr-form.tsx';

export function CreatePage(): ReactElement {
  return (
    <div className="narrow">
      <h1>New QR code</h1>
      <CreateQRForm />
    </div>
  );
}
