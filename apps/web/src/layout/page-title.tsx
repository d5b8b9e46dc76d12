import { useEffect } from 'react';

const SITE = 'QR Platform';

/** Names the page in the tab, the history and to screen readers. Draws nothing. */
export function PageTitle({ children }: { readonly children: string }): null {
  useEffect(() => {
    document.title = `${children} · ${SITE}`;
  }, [children]);
  return null;
}
