import { type ReactElement, useRef, useState } from 'react';
import type { PendingClear } from '../../../src/clear/undoable-clear.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { postJson, remove } from '../shared/request.ts';
import { useJson } from '../shared/use-json.ts';
import { UndoToast } from './undo-toast.tsx';

/** Clears the inbox, and offers to undo that for ten seconds: in every tab, and after a reload. */
export function ClearButton(): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  const [failure, setFailure] = useState('');
  // Grows in every tab when one clears or brings back.
  const epoch = useFeedPart((feed) => feed.epoch);
  const { data } = useJson<{ readonly cleared: PendingClear | null }>('/api/data/cleared', epoch);
  const attempt = (change: Promise<unknown>): void => {
    change.then(
      () => setFailure(''),
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        title="Remove all records; can be undone for ten seconds"
        onClick={() => attempt(remove('/api/data'))}
      >
        Clear
      </button>
      <div className="toasts" role="status">
        {failure !== '' && <p className="toast bad">{failure}</p>}
        {data?.cleared && (
          <UndoToast
            key={`${epoch} ${data.cleared.msLeft}`}
            cleared={data.cleared}
            onUndo={() => {
              // The button that has the focus is about to go.
              button.current?.focus();
              attempt(postJson('/api/data/undo', {}));
            }}
          />
        )}
      </div>
    </>
  );
}
