import type { ReactElement } from 'react';
import type { PlanWarning } from '../../../src/plan/warnings.ts';
import { countText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { recordHref } from '../shared/paths.ts';
import { Time } from '../shared/time.tsx';

/** What the vendor accepts and then misplaces, ignores or hides. */
export function PlanWarnings({ warnings }: { readonly warnings: readonly PlanWarning[] }): ReactElement | null {
  if (warnings.length === 0) return null;
  return (
    <section className="plan">
      <h2 className="bad">
        Warnings <span className="muted">{warnings.length}</span>
      </h2>
      <ul className="list">
        {warnings.map(({ title, advice, count, lastSeen, recordId }) => (
          <li key={title} className="planned warning">
            <h3>{title}</h3>
            <p className="muted">{advice}</p>
            <p className="seen">
              <b>{countText(count)}</b> <Time at={lastSeen} />
            </p>
            {recordId !== null && (
              <p className="latest">
                <Link href={recordHref(recordId)}>View latest</Link>
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
