import { type ReactElement, useCallback } from 'react';
import { type BlockerFunction, useBeforeUnload, useBlocker } from 'react-router';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';

/** Asks before what was typed is lost, be it to another page of the app or to the end of the visit. */
export function LeaveGuard({ isActive }: { readonly isActive: boolean }): ReactElement {
  const isLoss = useCallback<BlockerFunction>(
    // A jump within the page, such as to its content, loses nothing.
    ({ currentLocation, nextLocation }) => isActive && currentLocation.pathname !== nextLocation.pathname,
    [isActive],
  );
  const blocker = useBlocker(isLoss);
  useBeforeUnload(
    useCallback(
      (event: BeforeUnloadEvent) => {
        if (isActive) event.preventDefault();
      },
      [isActive],
    ),
  );
  return (
    <ConfirmDialog
      isOpen={blocker.state === 'blocked'}
      title="Leave without saving?"
      action="Leave"
      onConfirm={() => blocker.state === 'blocked' && blocker.proceed()}
      onClose={() => blocker.state === 'blocked' && blocker.reset()}
    >
      <p>What you changed on this page is not saved yet.</p>
    </ConfirmDialog>
  );
}
