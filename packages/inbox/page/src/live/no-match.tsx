import type { ReactElement } from 'react';
import { Empty } from '../shared/empty.tsx';

export function NoMatch({ onReset }: { readonly onReset: () => void }): ReactElement {
  return (
    <Empty title="Nothing matches">
      <p>The filters hide all that has arrived.</p>
      <button type="button" onClick={onReset}>
        Reset the filters
      </button>
    </Empty>
  );
}
