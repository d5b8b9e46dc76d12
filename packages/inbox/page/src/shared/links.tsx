import type { AnchorHTMLAttributes, MouseEvent, ReactElement, ReactNode } from 'react';
import { go } from './location.ts';

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly href: string;
}

/** A link within the page: no reload, and a new tab where one is asked for. */
export function Link({ href, children, ...rest }: LinkProps): ReactElement {
  const follow = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a href={href} onClick={follow} {...rest}>
      {children}
    </a>
  );
}

/** A link that looks like a button. */
export function ButtonLink(props: LinkProps): ReactElement {
  return <Link className="button" {...props} />;
}

/** From one thing to the list of all. */
export function Back({ href, children }: { readonly href: string; readonly children: ReactNode }): ReactElement {
  return (
    <p className="back">
      <Link href={href}>
        <span aria-hidden="true">←</span> {children}
      </Link>
    </p>
  );
}
