import type { ReactElement, ReactNode } from 'react';
import { Link } from './link.tsx';

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
