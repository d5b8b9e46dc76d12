import type { ReactElement } from 'react';
import { CopyButton } from '../layout/copy-button.tsx';

/** The address in the picture, to send to somebody. */
export function ScanAddress({ scanUrl }: { readonly scanUrl: string }): ReactElement {
  return (
    <div className="scan-address">
      <a href={scanUrl}>{scanUrl.replace(/^https?:\/\//, '')}</a>
      <CopyButton text={scanUrl} label="Copy link" />
    </div>
  );
}
