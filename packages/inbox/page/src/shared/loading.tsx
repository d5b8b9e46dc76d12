import type { ReactElement, ReactNode } from 'react';
import { Empty } from './empty.tsx';
import type { Loaded } from './use-json.ts';

interface LoadingProps<T> {
  readonly loaded: Loaded<T>;
  readonly children: (data: T) => ReactNode;
}

/** Shows an answer once it is there; else why it is not. */
export function Loading<T>({ loaded: { data, failure }, children }: LoadingProps<T>): ReactElement {
  if (data !== undefined) {
    return (
      <>
        {failure !== undefined && <p className="notice">Not up to date: {failure}</p>}
        {children(data)}
      </>
    );
  }
  if (failure === undefined) return <p className="loading">Reading …</p>;
  return (
    <Empty title="This cannot be shown">
      <p>{failure}</p>
    </Empty>
  );
}
