import type { ReactElement, ReactNode } from 'react';
import { Empty } from '../shared/empty.tsx';
import { Link } from '../shared/link.tsx';
import { hrefWith, usePlace } from '../shared/location.ts';
import { NO_FILTER } from './list-view.ts';

/** There are entries, and none that is asked for. */
export function NoMatch({ noun, children }: { readonly noun: string; readonly children?: ReactNode }): ReactElement {
  const place = usePlace();
  return (
    <Empty title={`No ${noun} matches`}>
      <p>
        Search for something else, or <Link href={hrefWith(place, NO_FILTER)}>clear the filters</Link>.
      </p>
      {children}
    </Empty>
  );
}
