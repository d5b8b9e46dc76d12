import type { ReactElement } from 'react';

/** Stands in until something arrives. */
export function Loading(): ReactElement {
  return (
    <p className="loading" role="status">
      Loading…
    </p>
  );
}
