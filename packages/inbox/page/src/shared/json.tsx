import type { ReactElement } from 'react';

/** A value as it came. */
export function Json({ value }: { readonly value: unknown }): ReactElement {
  return <pre className="json">{JSON.stringify(value, null, 2)}</pre>;
}
