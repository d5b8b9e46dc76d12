import type { ReactElement } from 'react';
import { countOf } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { hrefWith, usePlace } from '../shared/location.ts';
import { type ListView, nextLimit } from './list-view.ts';

interface ListEndProps {
  readonly view: ListView;
  readonly shown: number;
  readonly total: number;
  readonly noun: string;
  readonly plural?: string;
}

/** How many entries there are, and the way to more of them. */
export function ListEnd({ view, shown, total, noun, plural }: ListEndProps): ReactElement {
  const place = usePlace();
  return (
    <p className="others" role="status">
      {shown < total ? `${shown} of ${countOf(total, noun, plural)}. ` : `${countOf(total, noun, plural)}.`}
      {shown < total && <Link href={hrefWith(place, { limit: nextLimit(view) })}>Show more</Link>}
    </p>
  );
}
