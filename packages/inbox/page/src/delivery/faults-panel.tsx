import { type ReactElement, useState } from 'react';
import type { FaultRule } from '../../../src/faults/fault.ts';
import type { ActiveFault } from '../../../src/faults/faults.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Loading } from '../shared/loading.tsx';
import { postJson, remove } from '../shared/request.ts';
import { useJson } from '../shared/use-json.ts';
import { FaultForm } from './fault-form.tsx';
import { FaultList } from './fault-list.tsx';

/** Makes requests fail, to watch what an application does when its telemetry fails. */
export function FaultsPanel(): ReactElement {
  const [problem, setProblem] = useState('');
  const revision = useFeedPart((feed) => feed.faults + feed.epoch);
  const loaded = useJson<{ faults: readonly ActiveFault[] }>('/api/faults', revision);
  const attempt = (change: Promise<unknown>): void => {
    change.then(
      () => setProblem(''),
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <section className="faults" aria-labelledby="faults-title">
      <h2 id="faults-title">Make requests fail</h2>
      <p className="muted">Watch what an application does when its telemetry fails.</p>
      <FaultForm onAdd={(rule: FaultRule) => attempt(postJson('/api/faults', rule))} />
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
