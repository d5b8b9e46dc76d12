import type { ReactElement } from 'react';
import type { StoredRecord } from '../../../src/store/records.ts';
import { serviceOf, timeOf, traceOf, userOf } from '../shared/describe.ts';
import { Facts } from '../shared/facts.tsx';
import { durationText } from '../shared/format.ts';
import { placementText } from '../shared/placement-text.ts';
import { Time } from '../shared/time.tsx';

export function DetailFacts({ record }: { readonly record: StoredRecord }): ReactElement {
  return (
    <Facts
      facts={[
        ['time', <Time key="time" at={timeOf(record)} />],
        ['arrived', <Time key="arrived" at={record.receivedAt} />],
        ['user', userOf(record)],
        ['service', serviceOf(record)],
        ['location', 'placement' in record && record.placement !== undefined && placementText(record.placement)],
        ['trace', traceOf(record)],
        ['duration', record.kind === 'span' ? durationText(record.durationMs) : null],
        ['reason', record.kind === 'rejected' ? record.message : null],
      ]}
    />
  );
}
