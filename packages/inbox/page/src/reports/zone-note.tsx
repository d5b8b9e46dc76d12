import type { ReactElement } from 'react';
import { isOwnZone } from './calendar.ts';

/** Whose midnight a day begins at. */
export function ZoneNote({ zone }: { readonly zone: string }): ReactElement {
  return (
    <p className="muted">
      Days begin at midnight in {zone}
      {isOwnZone(zone) && ', the time zone of this browser'}.
    </p>
  );
}
