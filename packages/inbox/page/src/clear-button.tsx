import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { PendingClear } from '../../src/undoable-clear.ts';
import { useFeedPart } from './shared/feed.tsx';
import { countOf } from './shared/format.ts';
import { remove, sendJson, useAttempt, useJson } from './shared/use-json.ts';

/** Clears the inbox, and offers to undo that for ten seconds: in every tab, and after a reload. */
export function ClearButton(): ReactElement {
  const button = useRef<HTMLButtonElement>(null);
  const [failure, attempt] = useAttempt();
  // Grows in every tab when one clears or brings back.
  const epoch = useFeedPart((feed) => feed.epoch);
  const { data } = useJson<{ readonly cleared: PendingClear | null }>('/api/data/cleared', epoch);
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
              attempt(sendJson('POST', '/api/data/undo', {}));
            }}
          />
        )}
      </div>
    </>
  );
}

interface UndoToastProps {
  readonly cleared: PendingClear;
  readonly onUndo: () => void;
}

/** Says what was cleared and offers to bring it back, for as long as that is possible. */
function UndoToast({ cleared: { records, msLeft }, onUndo }: UndoToastProps): ReactElement | null {
  const [secondsLeft, setSecondsLeft] = useState(Math.ceil(msLeft / 1000));
  useEffect(() => {
    const endsAt = performance.now() + msLeft;
    const timer = setInterval(() => setSecondsLeft(Math.ceil((endsAt - performance.now()) / 1000)), 250);
    return () => clearInterval(timer);
  }, [msLeft]);
  if (secondsLeft <= 0) return null;
  return (
    <p className="toast">
      Cleared {countOf(records, 'record')}.
      <button type="button" onClick={onUndo}>
        Undo
      </button>
      <span className="muted" aria-hidden="true">
        {secondsLeft} s
      </span>
    </p>
  );
}
