import type { ReactElement, SubmitEvent } from 'react';
import type { FaultEndpoint, FaultRule } from '../../../src/faults/fault.ts';
import type { ActiveFault } from '../../../src/faults/faults.ts';
import { useFeedPart } from '../shared/feed.tsx';
import { countOf } from '../shared/format.ts';
import { Loading, OptionsOf } from '../shared/parts.tsx';
import { remove, sendJson, useAttempt, useJson } from '../shared/use-json.ts';
import { ENDPOINTS, FAULTS, faultName, faultTarget, LENGTHS, SHARES } from './fault-choices.ts';

/** Makes requests fail, to watch what an application does when its telemetry fails. */
export function FaultsPanel(): ReactElement {
  const [problem, attempt] = useAttempt();
  const revision = useFeedPart((feed) => feed.faults + feed.epoch);
  const loaded = useJson<{ faults: readonly ActiveFault[] }>('/api/faults', revision);
  return (
    <section className="faults" aria-labelledby="faults-title">
      <h2 id="faults-title">Make requests fail</h2>
      <p className="muted">Watch what an application does when its telemetry fails.</p>
      <FaultForm onAdd={(rule: FaultRule) => attempt(sendJson('POST', '/api/faults', rule))} />
      <p role="alert">{problem}</p>
      <Loading loaded={loaded}>
        {({ faults }) => (
          <FaultList
            faults={faults}
            onRemove={({ id }) => attempt(remove(`/api/faults/${id}`))}
            onRemoveAll={() => attempt(remove('/api/faults'))}
          />
        )}
      </Loading>
    </section>
  );
}

/** A fault to come, put together from four lists. */
function FaultForm({ onAdd }: { readonly onAdd: (rule: FaultRule) => void }): ReactElement {
  const add = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [, fault] = FAULTS[Number(form.get('fault'))] ?? [];
    if (fault === undefined) return;
    const endpoint = form.get('endpoint');
    const contains = String(form.get('bodyText') ?? '').trim();
    const requests = Number(form.get('requests'));
    onAdd({
      // The values are those of the lists below.
      ...(endpoint !== '' && { endpoint: endpoint as FaultEndpoint }),
      ...(contains !== '' && { contains }),
      ...(requests > 0 && { requests }),
      share: Number(form.get('share')) / 100,
      fault,
    });
  };
  const faults = FAULTS.map(([name], index) => [String(index), name] as const);
  return (
    <form className="fault-form" onSubmit={add}>
      <Choice name="fault" label="What goes wrong" options={faults} />
      <Choice name="endpoint" label="Where" options={ENDPOINTS} />
      <Choice name="requests" label="For how long" options={LENGTHS} />
      <Choice name="share" label="How many of them" options={SHARES} />
      <label>
        Only bodies that contain
        <input name="bodyText" placeholder="any text" />
      </label>
      <button type="submit">Add this fault</button>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
}

function Choice({ name, label, options }: ChoiceProps): ReactElement {
  return (
    <label>
      {label}
      <select name={name}>
        <OptionsOf options={options} />
      </select>
    </label>
  );
}

interface FaultListProps {
  readonly faults: readonly ActiveFault[];
  readonly onRemove: (fault: ActiveFault) => void;
  readonly onRemoveAll: () => void;
}

/** The faults to come and those that are used up, with what each has done; the latest first. */
function FaultList({ faults, onRemove, onRemoveAll }: FaultListProps): ReactElement | null {
  if (faults.length === 0) return null;
  return (
    <>
      <ul className="fault-list" aria-label="Faults">
        {faults.toReversed().map((fault) => {
          const isUsed = fault.remaining === 0;
          return (
            <li key={fault.id} className={isUsed ? 'used' : ''}>
              <strong>{faultName(fault.fault)}</strong>
              <span>
                {faultTarget(fault)}. Struck {countOf(fault.struck, 'request')}
                {isUsed && ', used up'}.
              </span>
              <button type="button" onClick={() => onRemove(fault)}>
                Remove
              </button>
            </li>
          );
        })}
      </ul>
      <button type="button" onClick={onRemoveAll}>
        Remove all
      </button>
    </>
  );
}
