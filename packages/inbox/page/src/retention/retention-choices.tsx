import type { ReactElement } from 'react';
import { zoneOptions } from '../reports/calendar.ts';
import { Choice } from '../reports/choice.tsx';
import { CommitField } from '../reports/commit-field.tsx';
import { EventSelect } from '../reports/event-select.tsx';
import type { KnownEvents } from '../reports/known-events.ts';
import { go, hrefWith, usePlace } from '../shared/location.ts';
import { KINDS, MODES, MOST_INTERVALS, type RetentionView, UNITS } from './retention-view.ts';

interface RetentionChoicesProps {
  readonly view: RetentionView;
  readonly events: KnownEvents;
}

export function RetentionChoices({ view, events }: RetentionChoicesProps): ReactElement {
  const place = usePlace();
  const choose = (name: string, value: string): void => go(hrefWith(place, { [name]: value }));
  return (
    <div className="choices">
      <EventSelect label="First did" value={view.born} events={events} onChange={(name) => choose('born', name)} />
      <EventSelect
        label="Came back with"
        none="Any event"
        value={view.event}
        events={events}
        onChange={(name) => choose('event', name)}
      />
      <Choice label="Unit" name="unit" value={view.unit} options={UNITS} />
      <CommitField
        label="Intervals"
        type="number"
        min={1}
        max={MOST_INTERVALS}
        value={String(view.intervals)}
        onCommit={(intervals) => choose('intervals', intervals)}
      />
      <Choice label="Came back" name="kind" value={view.kind} options={KINDS} />
      <Choice label="Intervals begin" name="mode" value={view.mode} options={MODES} />
      <Choice label="Time zone" name="zone" value={view.zone} options={zoneOptions(view.zone)} />
    </div>
  );
}
