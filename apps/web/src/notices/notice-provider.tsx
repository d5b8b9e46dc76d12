import { createContext, type ReactElement, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

/** Long enough to read two lines; the notice can be closed before. */
const SHOWN_MS = 8000;

const NoticeContext = createContext<((message: string | undefined) => void) | undefined>(undefined);

/** Shows one short message at a time at the edge of the page. */
export function NoticeProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [message, setMessage] = useState<string>();
  const close = useCallback(() => setMessage(undefined), []);
  useEffect(() => {
    if (message === undefined) return undefined;
    const timer = setTimeout(close, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message, close]);

  return (
    <NoticeContext value={setMessage}>
      {children}
      <div className="notices" aria-live="assertive">
        {message !== undefined && (
          <div className="notice">
            <p>{message}</p>
            <button type="button" className="quiet" onClick={close} aria-label="Close message">
              ✕
            </button>
          </div>
        )}
      </div>
    </NoticeContext>
  );
}

/**
 * Shows a message, or none.
 *
 * @throws outside a {@link NoticeProvider}.
 */
export function useNotice(): (message: string | undefined) => void {
  const show = useContext(NoticeContext);
  if (!show) throw new Error('useNotice needs a <NoticeProvider> above it.');
  return show;
}
