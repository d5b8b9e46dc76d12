import type { ReactElement } from 'react';
import { Empty } from '../shared/empty.tsx';

interface NoMatchProps {
  /** What the inbox holds, in words. */
  readonly held: string;
  readonly onReset: () => void;
}

export function NoMatch({ held, onReset }: NoMatchProps): ReactElement {
  return (
    <Empty title="Nothing matches">
      <p>The filters match none of the {held} that the inbox holds. New records that match appear here.</p>
      <button type="button" onClick={onReset}>
        Reset the filters
      </button>
    </Empty>
  );
}
