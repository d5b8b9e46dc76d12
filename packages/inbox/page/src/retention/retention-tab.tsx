import type { ReactElement } from 'react';
import type { Retention } from '../../../src/query/analytics/retention.ts';
import { zoneOptions } from '../reports/calendar.ts';
import { Choice, CommitField, EventSelect } from '../reports/choices.tsx';
import { CohortField } from '../reports/cohort.tsx';
import { activityOf, type KnownEvents } from '../reports/known-events.ts';
import { Answer, NothingCounted, ReportPage, ZoneNote } from '../reports/report-page.tsx';
import { countText } from '../shared/format.ts';
import { go, hrefWith, usePlace } from '../shared/location.ts';
import { ScrollingTable, type TableRow } from '../shared/table.tsx';
import {
  type Kept,
  KINDS,
  MODES,
  MOST_INTERVALS,
  type RetentionTable,
  type RetentionView,
  retentionPath,
  retentionTable,
  retentionView,
  UNITS,
} from './retention-view.ts';

/** How many of those who did something for the first time came back. */
export function RetentionTab(): ReactElement {
  return <ReportPage title="Retention">{(events) => <RetentionReport events={activityOf(events)} />}</ReportPage>;
}

function RetentionReport({ events }: { readonly events: KnownEvents }): ReactElement {
  const view = retentionView(usePlace().query, events);
  const { born, event, unit } = view;
  const now = Date.now();
  return (
    <>
      <RetentionChoices view={view} events={events} />
      <ZoneNote zone={view.zone} />
      <CohortField events={events} />
      <Answer<Retention> path={retentionPath(view, now)}>
        {(answer) => {
          const table = retentionTable(answer, view, now);
          return table.all.people === 0 ? (
            <NothingCounted
              title={`Nobody did ${born} for the first time in these ${unit}s`}
              event={born}
              events={events}
            />
          ) : (
            <HeatMap
              table={table}
              unitText={unit === 'day' ? 'Day' : 'Week'}
              caption={`People by the ${unit} of their first ${born}, and how many came back with ${event || 'any event'}`}
            />
          );
        }}
      </Answer>
    </>
  );
}

interface RetentionChoicesProps {
  readonly view: RetentionView;
  readonly events: KnownEvents;
}

function RetentionChoices({ view, events }: RetentionChoicesProps): ReactElement {
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

const percents = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const SHADES = 10;

interface HeatMapProps {
  readonly table: RetentionTable;
  /** What an interval is: `Day`. */
  readonly unitText: string;
  readonly caption: string;
}

/** Cohorts by intervals, the darker the more came back. The numbers say the same without the colours. */
function HeatMap({ table: { all, cohorts }, unitText, caption }: HeatMapProps): ReactElement {
  const intervals = all.kept.map((_, interval) => `${unitText} ${interval}`);
  const head = [unitText === 'Week' ? 'Week from' : 'Day', 'People', ...intervals];
  const rows = [all, ...cohorts].map(({ label, people, kept }) => ({
    key: label,
    name: label,
    cells: [{ children: countText(people) }, ...kept.map(cellOf)],
  }));
  return <ScrollingTable className="numbers heat" caption={caption} head={head} rows={rows} />;
}

function cellOf(kept: Kept): TableRow['cells'][number] {
  if (kept === null) return {};
  const { count, of } = kept;
  const title = `${countText(count)} of ${countText(of)}`;
  return { className: shadeOf(kept), title, children: percents.format(count / of) };
}

/** A tenth each, and no shade for nobody. */
function shadeOf(cell: Kept): string {
  if (cell === null || cell.count === 0) return '';
  return `shade-${Math.min(SHADES, Math.ceil((cell.count / cell.of) * SHADES))}`;
}
