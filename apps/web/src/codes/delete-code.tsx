import { type ReactElement, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Code } from '../api/codes.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { titleOf } from './title-of.ts';
import { useDeleteCode, useForgetCode } from './use-codes.ts';

/** Not optimistic: what is gone on the screen and not on the wall would be worse than a moment's wait. */
export function DeleteCode({ code }: { readonly code: Code }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const { mutateAsync: deleteCode, isPending } = useDeleteCode(code.id);
  const forgetCode = useForgetCode(code.id);
  const navigate = useNavigate();
  const notify = useNotice();
  const remove = async () => {
    try {
      await deleteCode();
      notify('The code is deleted.', 'success');
      await navigate('/');
      forgetCode();
    } catch (error) {
      setAsking(false);
      notify(failureMessage(error, 'delete_qr'));
    }
  };
  return (
    <div>
      <button type="button" className="danger quiet" onClick={() => setAsking(true)}>
        Delete code
      </button>
      <ConfirmDialog
        isOpen={isAsking}
        title={`Delete “${titleOf(code)}”?`}
        action="Delete for good"
        isBusy={isPending}
        onConfirm={() => void remove()}
        onClose={() => setAsking(false)}
      >
        <p>
          {code.scanUrl === null
            ? 'Printed copies go on working, as phones read them by themselves. It is gone from your list.'
            : 'Printed copies of it will lead nowhere, for good.'}
        </p>
      </ConfirmDialog>
    </div>
  );
}
