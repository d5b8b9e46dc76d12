import { type ReactElement, useEffect, useState } from 'react';
import type { PendingClear } from '../../../src/clear/undoable-clear.ts';
import { countOf } from '../shared/format.ts';

interface UndoToastProps {
  readonly cleared: PendingClear;
  readonly onUndo: () => void;
}

/** Says what was cleared and offers to bring it back, for as long as that is possible. */
export function UndoToast({ cleared: { records, msLeft }, onUndo }: UndoToastProps): ReactElement | null {
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
