import { type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useAttempt } from '../notices/notice-provider.tsx';

interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** What the button that does it says, such as `Delete code`. */
  readonly action: string;
  /** Whether something is lost by it. @default true */
  readonly isDangerous?: boolean;
  readonly isBusy?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something with consequences. The browser's own dialog keeps the focus inside, closes on Escape and gives the focus back. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactElement {
  const { isOpen, title, children, action, isDangerous = true, isBusy = false, onConfirm, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{title}</h2>
      {children}
      <div className="actions">
        <button type="button" {...(isDangerous && { className: 'danger' })} disabled={isBusy} onClick={onConfirm}>
          {action}
        </button>
        <button type="button" className="quiet" onClick={onClose}>
          Cancel
        </button>
      </div>
    </dialog>
  );
}

interface DeleteButtonProps extends Pick<ConfirmDialogProps, 'title' | 'action' | 'children'> {
  readonly label: string;
  readonly isBusy: boolean;
  /** A constant that names the action in error reports, such as `delete_qr`. */
  readonly reportedAs: string;
  readonly onDelete: () => Promise<void>;
}

/** Deletes something after asking. Not optimistic: what is gone on the screen and not on the wall would be worse than a moment's wait. */
export function DeleteButton({ label, reportedAs, onDelete, ...dialog }: DeleteButtonProps): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const attempt = useAttempt();
  const remove = async () => {
    if (!(await attempt(reportedAs, onDelete))) setAsking(false);
  };
  return (
    <>
      <button type="button" className="danger quiet" onClick={() => setAsking(true)}>
        {label}
      </button>
      <ConfirmDialog {...dialog} isOpen={isAsking} onConfirm={() => void remove()} onClose={() => setAsking(false)} />
    </>
  );
}
