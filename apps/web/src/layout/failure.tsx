import type { ReactElement } from 'react';
import { useFailureMessage } from './use-failure-message.ts';

interface FailureProps {
  readonly error: unknown;
  /** A constant that names what was wanted in error reports, such as `list_codes`. */
  readonly action: string;
  readonly onRetry: () => unknown;
}

/** Stands where something could not be loaded. */
export function Failure({ error, action, onRetry }: FailureProps): ReactElement {
  const message = useFailureMessage(error, action);
  return (
    <div className="card message" role="alert">
      <p>{message}</p>
      <button type="button" onClick={() => void onRetry()}>
        Try again
      </button>
    </div>
  );
}
