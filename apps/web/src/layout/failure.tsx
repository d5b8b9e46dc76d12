import type { ReactElement } from 'react';

/** Stands where something could not be loaded. */
export function Failure({ message }: { readonly message: string }): ReactElement {
  return (
    <div className="card message" role="alert">
      <p>{message}</p>
      <button type="button" onClick={() => location.reload()}>
        Try again
      </button>
    </div>
  );
}
