import type { ReactElement } from 'react';
import { countOf } from '../shared/format.ts';
import { LaneNotes } from './lane-notes.tsx';
import { LaneTable } from './lane-table.tsx';
import { lanesOf, type ServiceReport } from './service-stats.ts';

export function ServiceSection({ service }: { readonly service: ServiceReport }): ReactElement {
  const { name, failure, stats } = service;
  const lanes = lanesOf(service);
  const suppressed = stats?.errorBudget?.suppressed ?? 0;
  return (
    <section className="card">
      <h3>
        {name} {failure !== undefined && <span className="bad">{failure}</span>}
      </h3>
      {failure === undefined && lanes.length === 0 && (
        <p className="muted">It sends nothing: no token and no DSN are set.</p>
      )}
      {lanes.length > 0 && <LaneTable lanes={lanes} />}
      <ul className="notes">
        {lanes.map(([lane, numbers]) => (
          <LaneNotes key={lane} name={lane} lane={numbers} />
        ))}
      </ul>
      {suppressed > 0 && <p className="muted">{countOf(suppressed, 'error')} only counted, by its error budget.</p>}
    </section>
  );
}
