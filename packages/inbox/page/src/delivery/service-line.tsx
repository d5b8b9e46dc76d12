import type { ReactElement } from 'react';
import { countOf } from '../shared/format.ts';
import { LaneNotes } from './lane-notes.tsx';
import { LaneTable } from './lane-table.tsx';
import { stateOf } from './service-state.ts';
import { isQuiet, lanesOf, type ServiceReport } from './service-stats.ts';

/** The state of a service in words; its numbers unfold. */
export function ServiceLine({ service }: { readonly service: ServiceReport }): ReactElement {
  const { tone, text } = stateOf(service, Date.now());
  const line = (
    <>
      <strong>{service.name}</strong> <span className={`state ${tone}`}>{text}</span>
    </>
  );
  if (lanesOf(service).length === 0) return <p className="service">{line}</p>;
  return (
    <details className="service">
      <summary>{line}</summary>
      <Numbers service={service} />
    </details>
  );
}

/** The lanes with anything in them as a table; the others by name. */
function Numbers({ service }: { readonly service: ServiceReport }): ReactElement {
  const lanes = lanesOf(service);
  const busy = lanes.filter(([, lane]) => !isQuiet(lane));
  const quiet = lanes.filter(([, lane]) => isQuiet(lane)).map(([name]) => name);
  const suppressed = service.stats?.errorBudget?.suppressed ?? 0;
  return (
    <div className="numbers">
      {busy.length > 0 && <LaneTable lanes={busy} />}
      <ul className="notes">
        {busy.map(([lane, numbers]) => (
          <LaneNotes key={lane} name={lane} lane={numbers} />
        ))}
      </ul>
      {quiet.length > 0 && <p className="muted">Nothing sent: {quiet.join(', ')}</p>}
      {suppressed > 0 && (
        <p className="muted">{countOf(suppressed, 'error')} counted but not sent, because of the error budget.</p>
      )}
    </div>
  );
}
