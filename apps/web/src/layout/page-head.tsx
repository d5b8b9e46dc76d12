import { type ReactElement, type ReactNode, useEffect } from 'react';

const SITE = 'QR Platform';

/** Names the page in the tab, the history and to screen readers. Draws nothing. */
export function PageTitle({ children }: { readonly children: string }): null {
  useEffect(() => {
    document.title = `${children} · ${SITE}`;
  }, [children]);
  return null;
}

interface PageHeadProps {
  readonly title: string;
  readonly titleClass?: string;
  /** Stands beside the heading. */
  readonly children?: ReactNode;
}

/** The title of a page, in the tab and on the page. */
export function PageHead({ title, titleClass, children }: PageHeadProps): ReactElement {
  return (
    <>
      <PageTitle>{title}</PageTitle>
      <div className="page-head">
        <h1 className={titleClass}>{title}</h1>
        {children}
      </div>
    </>
  );
}
