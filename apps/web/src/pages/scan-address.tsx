import type { ReactElement } from 'react';
import type { Code } from '../api/codes.ts';

/** Where scans of a code are counted; nothing for a code that phones read by themselves. */
export function ScanAddress({ code: { scanUrl } }: { readonly code: Code }): ReactElement | null {
  if (scanUrl === null) return null;
  return (
    <>
      <dt>Scan address</dt>
      <dd>
        <a href={scanUrl}>{scanUrl}</a>
      </dd>
    </>
  );
}
