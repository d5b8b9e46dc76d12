import type { ReactElement } from 'react';
import { bytesText, countOf, countText, durationText } from '../shared/format.ts';
import { Empty, Loading, Table, type TableRow } from '../shared/parts.tsx';
import { useJson, useTicks } from '../shared/use-json.ts';
import { FaultsPanel } from './faults-panel.tsx';
import { isQuiet, type LaneNumbers, lanesOf, lostIn, type ServiceReport, stateOf } from './service-state.ts';

/** What becomes of what is sent, and the switches that make it harder. */
export function DeliveryTab(): ReactElement {
  return (
    <div className="sheet">
      <ServicesPanel />
      <FaultsPanel />
    </div>
  );
}

const ASK_EVERY_MS = 3000;

/** One line a service, with what it does with its telemetry. */
function ServicesPanel(): ReactElement {
  const loaded = useJson<{ services: readonly ServiceReport[] }>('/api/delivery', useTicks(ASK_EVERY_MS));
  return (
    <section aria-labelledby="services-title">
      <h2 id="services-title">Services</h2>
      <Loading loaded={loaded}>
        {({ services }) =>
          services.length === 0 ? (
            <Empty title="No services configured">
              <p>
                <code>npm start</code> configures them. By hand: set <code>INBOX_SERVICES</code> to a list such as{' '}
                <code>auth-service=http://127.0.0.1:3001</code>, and <code>SERVICE_TOKEN</code> to the token that the
                services share.
              </p>
            </Empty>
          ) : (
            <ul className="services">
              {services.map((service) => (
                <li key={service.name}>
                  <ServiceLine service={service} />
                </li>
              ))}
            </ul>
          )
        }
      </Loading>
    </section>
  );
}

/** The state of a service in words; its numbers unfold. */
function ServiceLine({ service }: { readonly service: ServiceReport }): ReactElement {
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

const COLUMNS: readonly (readonly [string, (lane: LaneNumbers) => number])[] = [
  ['queued', ({ queued = 0 }) => queued],
  ['spooled', ({ pending = 0 }) => pending],
  ['delivered', ({ delivered = 0 }) => delivered],
  ['retried', ({ retried = 0 }) => retried],
  ['dropped', lostIn],
];

/** The lanes of a service, one a row. */
function LaneTable({ lanes }: { readonly lanes: readonly (readonly [string, LaneNumbers])[] }): ReactElement {
  const cells = (lane: LaneNumbers): TableRow['cells'] =>
    COLUMNS.map(([label, read]) => {
      const count = read(lane);
      return { className: label === 'dropped' && count > 0 ? 'bad' : '', children: countText(count) };
    });
  const rows = lanes.map(([name, lane]) => ({ key: name, name, cells: cells(lane) }));
  return <Table head={['lane', ...COLUMNS.map(([label]) => label)]} rows={rows} />;
}

/** A lane beside its numbers: why records were dropped, what is spooled, and the receiver's last error. */
function LaneNotes({ name, lane }: { readonly name: string; readonly lane: LaneNumbers }): ReactElement | null {
  const { dropped = {}, spooledBytes = 0, oldestAgeMs = 0, lastError } = lane;
  const lost = Object.entries(dropped).filter(([, count]) => count > 0);
  if (lost.length === 0 && spooledBytes === 0 && !lastError) return null;
  return (
    <li>
      <b>{name}</b>
      {lost.map(([reason, count]) => (
        <span key={reason} className="bad">
          {countText(count)} dropped: {reason.replaceAll('_', ' ')}
        </span>
      ))}
      {spooledBytes > 0 && (
        <span>
          {bytesText(spooledBytes)} on disk, the oldest for {durationText(oldestAgeMs)}
        </span>
      )}
      {lastError && <span>last error: {lastError}</span>}
    </li>
  );
}
