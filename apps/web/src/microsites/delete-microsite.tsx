import type { UseMutationResult } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';

interface DeleteMicrositeProps {
  readonly title: string;
  readonly deletion: UseMutationResult<void, Error, void>;
}

/** Deletes a microsite after asking. */
export function DeleteMicrosite({ title, deletion }: DeleteMicrositeProps): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const notify = useNotice();
  const close = () => setAsking(false);
  const remove = () =>
    deletion.mutate(undefined, {
      onError: (error) => {
        close();
        notify(failureMessage(error, 'delete_microsite'));
      },
    });
  return (
    <>
      <button type="button" className="danger quiet" onClick={() => setAsking(true)}>
        Delete microsite
      </button>
      <ConfirmDialog
        isOpen={isAsking}
        title="Delete this microsite?"
        action={deletion.isPending ? 'Deleting…' : 'Delete'}
        isBusy={deletion.isPending}
        onConfirm={remove}
        onClose={close}
      >
        <p>“{title}” and its address are gone for good. QR codes that lead there will find nothing.</p>
      </ConfirmDialog>
    </>
  );
}
