import type { ReactElement } from 'react';
import type { Retention } from '../../../src/query/analytics/retention.ts';
import { dateIn, datePlus, mondayOf, zoneIn, zoneOptions } from '../reports/calendar.ts';
import { Choice, CommitField, EventSelect } from '../reports/choices.tsx';
import { type Cohort, CohortField, cohortIn, cohortParameter } from '../reports/cohort.tsx';
import { Answer, activityOf, type KnownEvents, NothingCounted, ReportPage, ZoneNote } from '../reports/report-page.tsx';
import { countText } from '../shared/format.ts';
import { go, hrefOf, hrefWith, integerIn, type Options, optionIn, usePlace } from '../shared/location.tsx';
import { ScrollingTable, type TableRow } from '../shared/parts.tsx';

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

type Unit = 'day' | 'week';

const UNITS: Options<Unit> = { day: 'Day', week: 'Week' };
const KINDS: Options<'on' | 'after'> = { on: 'In that interval', after: 'In it or later' };
const MODES: Options<'rolling' | 'calendar'> = { rolling: 'From the first event', calendar: 'By the calendar' };
const MOST_INTERVALS = 30;
const UNIT_DAYS: Readonly<Record<Unit, number>> = { day: 1, week: 7 };

/** What is asked, as the address says it. */
interface RetentionView {
  /** What one must have done for a first time. */
  readonly born: string;
  /** What it is to come back; `''` for anything. */
  readonly event: string;
  readonly unit: Unit;
  /** After the 0th. */
  readonly intervals: number;
  readonly kind: 'on' | 'after';
  readonly mode: 'rolling' | 'calendar';
  readonly zone: string;
  readonly cohort: Cohort | null;
}

function retentionView(query: URLSearchParams, { seen }: KnownEvents): RetentionView {
  const usual = seen.find(({ name }) => name === 'signup_completed') ?? seen[0];
  return {
    born: query.get('born') ?? usual?.name ?? '',
    event: query.get('event') ?? '',
    unit: optionIn(query, 'unit', UNITS, 'day'),
    intervals: integerIn(query, 'intervals', 7, MOST_INTERVALS),
    kind: optionIn(query, 'kind', KINDS, 'on'),
    mode: optionIn(query, 'mode', MODES, 'rolling'),
    zone: zoneIn(query),
    cohort: cohortIn(query),
  };
}

/** Cohorts from so long ago that the oldest has had its last interval begin. */
function retentionPath(view: RetentionView, now: number): string {
  const { born, event, unit, intervals, kind, mode, zone, cohort } = view;
  const today = dateIn(zone, now);
  const first = unit === 'week' ? mondayOf(today) : today;
  return hrefOf('/api/query/retention', {
    born_event: born,
    event,
    unit,
    interval_count: String(intervals),
    unbounded_retention: String(kind === 'after'),
    mode,
    from_date: datePlus(first, -intervals * UNIT_DAYS[unit]),
    to_date: today,
    timezone: zone,
    cohort: cohortParameter(cohort),
  });
}

/** How many came back, of how many; null for an interval that is still to come, or when there is nobody. */
type Kept = { readonly count: number; readonly of: number } | null;

interface RetentionRow {
  readonly label: string;
  readonly people: number;
  readonly kept: readonly Kept[];
}

interface RetentionTable {
  readonly all: RetentionRow;
  /** The oldest first. */
  readonly cohorts: readonly RetentionRow[];
}

function retentionTable(answer: Retention, view: RetentionView, now: number): RetentionTable {
  const today = dateIn(view.zone, now);
  const cohorts = Object.entries(answer).map(([date, { first, counts }]): RetentionRow => {
    const kept = counts.map((count, interval): Kept => {
      const hasBegun = datePlus(date, interval * UNIT_DAYS[view.unit]) <= today;
      return hasBegun && first > 0 ? { count, of: first } : null;
    });
    return { label: date, people: first, kept };
  });
  return { cohorts, all: together(cohorts, view.intervals + 1) };
}

/** Everybody for whom an interval has begun, so that the young do not count as lost. */
function together(cohorts: readonly RetentionRow[], intervals: number): RetentionRow {
  const kept = Array.from({ length: intervals }, (_, interval): Kept => {
    const known = cohorts.flatMap((cohort) => cohort.kept[interval] ?? []);
    if (known.length === 0) return null;
    return { count: sum(known.map(({ count }) => count)), of: sum(known.map((each) => each.of)) };
  });
  return { label: 'All', people: sum(cohorts.map(({ people }) => people)), kept };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
