import type { CSSProperties, ReactElement } from 'react';
import type { Segmentation } from '../../../src/query/analytics/segmentation.ts';
import type { StoredEvent } from '../../../src/store/records.ts';
import { zoneOptions } from '../reports/calendar.ts';
import { Choice, CommitField, EventSelect } from '../reports/choices.tsx';
import { CohortField } from '../reports/cohort.tsx';
import { Answer, type KnownEvents, NothingCounted, ReportPage, ZoneNote } from '../reports/report-page.tsx';
import { numberText } from '../shared/format.ts';
import { go, hrefOf, hrefWith, usePlace } from '../shared/location.tsx';
import { ScrollingTable } from '../shared/parts.tsx';
import { useJson } from '../shared/use-json.ts';
import {
  type Figures,
  figuresOf,
  figureText,
  type InsightsView,
  insightsPath,
  insightsView,
  MEASURES,
  RANGES,
  UNIT_TEXT,
  unitsOf,
} from './insights-view.ts';
import { LineChart } from './line-chart.tsx';

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

/** The last events of a name say well enough what it has. */
const SAMPLE = '50';
/** A value of its own in each event: as many segments as there are events. */
const USELESS = new Set(['token', 'time', '$insert_id', 'trace_id', 'distinct_id', '$user_id', '$device_id']);

/** The property to break down by, any that one likes; those seen on the event are suggested. */
function PropertyField({ event, value }: { readonly event: string; readonly value: string }): ReactElement {
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

interface InsightsResultProps {
  readonly view: InsightsView;
  readonly figures: Figures;
}

function InsightsResult({ view, figures }: InsightsResultProps): ReactElement {
  const { event, unit, zone, property } = view;
  const { labels, series } = figures;
  const [only] = series;
  // The latest first.
  const rows = labels.map((label, index) => ({
    key: label,
    name: label.slice(0, 16),
    cells: series.map(({ values }) => ({ children: numberText(values[index] ?? 0) })),
  }));
  const unitText = figureText(view);
  return (
    <>
      {property === '' && only !== undefined && (
        <p className="figure" role="status">
          <b>{numberText(only.figure)}</b> {figureText(view, only.figure)}
        </p>
      )}
      <LineChart figures={figures} unit={unit} />
      {property !== '' && <Breakdown figures={figures} property={property} unitText={unitText} />}
      <details>
        <summary>Show as a table</summary>
        <ScrollingTable
          className="numbers"
          caption={`${event} by ${unit}`}
          head={[`${UNIT_TEXT[unit]} (${zone})`, ...series.map(({ name }) => name)]}
          rows={rows.reverse()}
        />
      </details>
    </>
  );
}

interface BreakdownProps {
  readonly figures: Figures;
  readonly property: string;
  /** What the numbers are. */
  readonly unitText: string;
}

/** One bar for each value of a property, in the colour of its line. */
function Breakdown({ figures: { series, hasMore }, property, unitText }: BreakdownProps): ReactElement {
  const highest = Math.max(...series.map(({ figure }) => figure));
  return (
    <section>
      <h3>
        By {property} <span className="muted">{unitText}</span>
      </h3>
      <ul className="bars">
        {series.map(({ name, figure }, index) => {
          const style = { '--width': `${(figure / highest) * 100}%`, '--fill': `var(--series-${index})` };
          return (
            <li key={name} style={style as CSSProperties}>
              <span className="name">{name}</span>
              <span className="fill" />
              <b>{numberText(figure)}</b>
            </li>
          );
        })}
      </ul>
      {hasMore && <p className="muted">Smaller ones are left out: these {series.length} are the largest.</p>}
    </section>
  );
}
