import type { ReactElement } from 'react';
import type { Segmentation } from '../../../src/query/analytics/segmentation.ts';
import { Answer } from '../reports/answer.tsx';
import { zoneOptions } from '../reports/calendar.ts';
import { Choice } from '../reports/choice.tsx';
import { CohortField } from '../reports/cohort-field.tsx';
import { EventSelect } from '../reports/event-select.tsx';
import type { KnownEvents } from '../reports/known-events.ts';
import { NothingCounted } from '../reports/nothing-counted.tsx';
import { ReportPage } from '../reports/report-page.tsx';
import { ZoneNote } from '../reports/zone-note.tsx';
import { go, hrefWith, usePlace } from '../shared/location.ts';
import { figuresOf } from './figures.ts';
import { InsightsResult } from './insights-result.tsx';
import { type InsightsView, insightsPath, insightsView, MEASURES, RANGES, unitsOf } from './insights-view.ts';
import { PropertyField } from './property-field.tsx';

/** How often something happened, or how many did it, over time. */
export function InsightsTab(): ReactElement {
  return <ReportPage title="Insights">{(events) => <Insights events={events} />}</ReportPage>;
}

function Insights({ events }: { readonly events: KnownEvents }): ReactElement {
  const { query } = usePlace();
  const view = insightsView(query, events);
  const now = Date.now();
  return (
    <>
      <InsightsChoices view={view} events={events} />
      <ZoneNote zone={view.zone} />
      <CohortField events={events} />
      <Answer<Segmentation> path={insightsPath(view, now)}>
        {(answer) => {
          const figures = figuresOf(answer, view, now);
          const isEmpty = figures.series.every(({ figure }) => figure === 0);
          return isEmpty ? (
            <NothingCounted title={`No ${view.event} in this time`} event={view.event} events={events} />
          ) : (
            <InsightsResult view={view} figures={figures} />
          );
        }}
      </Answer>
    </>
  );
}

function InsightsChoices({
  view,
  events,
}: {
  readonly view: InsightsView;
  readonly events: KnownEvents;
}): ReactElement {
  const place = usePlace();
  const { event, measure, unit, range, property, zone } = view;
  return (
    <div className="choices">
      <EventSelect
        label="Event"
        value={event}
        events={events}
        onChange={(name) => go(hrefWith(place, { event: name }))}
      />
      <Choice label="Measure" name="measure" value={measure} options={MEASURES} />
      <Choice label="Each" name="unit" value={unit} options={unitsOf(range)} />
      <Choice label="Range" name="range" value={range} options={RANGES} />
      <PropertyField event={event} value={property} />
      <Choice label="Time zone" name="zone" value={zone} options={zoneOptions(zone)} />
    </div>
  );
}
