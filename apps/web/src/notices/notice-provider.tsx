import { captureException } from '@qr/browser';
import { createContext, type ReactElement, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';
import { ApiError, NetworkError } from '../api/request.ts';

/** Long enough to read two lines; the notice can be closed before. */
const SHOWN_MS = 8000;

/** What happened: `success` is said when there is a pause, `failure` at once. */
type NoticeKind = 'failure' | 'success';

/** Shows a message, or none. */
type Notify = (message: string | undefined, kind?: NoticeKind) => void;

const NoticeContext = createContext<Notify | undefined>(undefined);

/** Shows one short message at a time at the edge of the page. */
export function NoticeProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [notice, setNotice] = useState<{ readonly message: string; readonly kind: NoticeKind }>();
  const notify = useCallback<Notify>(
    (message, kind = 'failure') => setNotice(message === undefined ? undefined : { message, kind }),
    [],
  );
  const close = useCallback(() => setNotice(undefined), []);
  useEffect(() => {
    if (notice === undefined) return undefined;
    const timer = setTimeout(close, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice, close]);

  const shown = (kind: NoticeKind) =>
    notice?.kind === kind && (
      <div className={`notice ${kind}`}>
        <p>{notice.message}</p>
        <button type="button" className="quiet" onClick={close} aria-label="Close message">
          ✕
        </button>
      </div>
    );
  return (
    <NoticeContext value={notify}>
      {children}
      <div className="notices">
        <div aria-live="assertive">{shown('failure')}</div>
        <div aria-live="polite">{shown('success')}</div>
      </div>
    </NoticeContext>
  );
}

/** @throws outside a {@link NoticeProvider}. */
export function useNotice(): Notify {
  const notify = useContext(NoticeContext);
  if (!notify) throw new Error('useNotice needs a <NoticeProvider> above it.');
  return notify;
}

/** Returns a function that does something and shows why when it fails; `action` names it in error reports. */
export function useAttempt(): (action: string, work: () => Promise<unknown>) => Promise<boolean> {
  const notify = useNotice();
  return async (action, work) => {
    try {
      await work();
      return true;
    } catch (error) {
      notify(failureMessage(error, action));
      return false;
    }
  };
}

const UNEXPECTED = 'Something went wrong on our side. Please try again.';

/**
 * What to tell a person of a failed action. Answers of the API say it themselves, and the service has reported what is its fault;
 * anything else is a bug of this app and is reported from here.
 *
 * @param action a constant, such as `create_qr`; never anything that was typed.
 */
export function failureMessage(error: unknown, action: string): string {
  if (error instanceof NetworkError) return error.message;
  const errorId = error instanceof ApiError ? error.body.errorId : captureException(error, { action });
  const text = error instanceof ApiError ? error.message : UNEXPECTED;
  return errorId === undefined ? text : `${text} (Error id: ${errorId})`;
}
