import type { ReactElement } from 'react';
import type { StoredEvent } from '../../../src/store/records.ts';
import { CommitField } from '../reports/commit-field.tsx';
import { go, hrefOf, hrefWith, usePlace } from '../shared/location.ts';
import { useJson } from '../shared/use-json.ts';

/** The last events of a name say well enough what it has. */
const SAMPLE = '50';
/** A value of its own in each event: as many segments as there are events. */
const USELESS = new Set(['token', 'time', '$insert_id', 'trace_id', 'distinct_id', '$user_id', '$device_id']);

/** The property to break down by, any that one likes; those seen on the event are suggested. */
export function PropertyField({ event, value }: { readonly event: string; readonly value: string }): ReactElement {
  const place = usePlace();
  const { data } = useJson<{ events: readonly StoredEvent[] }>(hrefOf('/api/events', { event, limit: SAMPLE }));
  const names = new Set(data?.events.flatMap(({ properties }) => Object.keys(properties)));
  return (
    <CommitField
      label="Broken down by"
      placeholder="property"
      type="search"
      value={value}
      suggestions={[...names].filter((name) => !USELESS.has(name)).sort()}
      onCommit={(on) => go(hrefWith(place, { on: on || null }))}
    />
  );
}
