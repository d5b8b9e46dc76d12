import type { ReactElement } from 'react';
import type { PlannedEvent } from '../../../src/plan/compare.ts';
import { countText } from '../shared/format.ts';

/** From this share on a property is often missing. */
const OFTEN = 0.2;

/** Required properties that were missing at all, and optional ones that often were. */
export function MissingProperties({
  event: { seen, properties },
}: {
  readonly event: PlannedEvent;
}): ReactElement | null {
  const missing = properties.filter(
    ({ missing, isRequired }) => missing > 0 && (isRequired || missing / seen >= OFTEN),
  );
  if (missing.length === 0) return null;
  return (
    <ul className="missing" aria-label="Properties that are missing">
      {missing.map(({ name, isRequired, missing: count }) => (
        <li key={name} className={isRequired ? 'bad' : 'muted'}>
          <code>{name}</code> {isRequired ? '' : '(optional) '}
          missing in {countText(count)} of {countText(seen)}, {Math.round((count / seen) * 100)} %
        </li>
      ))}
    </ul>
  );
}
