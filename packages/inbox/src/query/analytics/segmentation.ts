import { getOrAdd } from '../../collections.ts';
import type { TimeBuckets } from './calendar.ts';
import type { UserEvents } from './user-events.ts';
import { type Condition, segmentsOf } from './where.ts';

/** What to count of the events in a bucket. */
type SegmentationType = 'general' | 'unique' | 'average';

interface SegmentationQuery {
  /** The name of the only series when there is no breakdown. */
  readonly event: string;
  readonly type: SegmentationType;
  readonly buckets: TimeBuckets;
  readonly where?: Condition | undefined;
  /** The property to break down by. */
  readonly on?: string | undefined;
  /** Segments to answer with. */
  readonly limit: number;
}

/** As the vendor answers, and `overall`: each segment over the whole range, where a user of several buckets is one. */
export interface Segmentation {
  /** How many series there are. */
  readonly legend_size: number;
  readonly data: {
    readonly series: readonly string[];
    readonly values: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
  readonly overall: Readonly<Record<string, number>>;
}

/** What is known of one segment in one bucket, or in all of them. */
interface Cell {
  events: number;
  /** Only events of somebody, so that an average is of users. */
  eventsOfUsers: number;
  users: number;
  /** Users come one after the other, so that one who is not the last counted is new. */
  lastUser: string;
}

interface Segment {
  readonly whole: Cell;
  readonly cells: Map<number, Cell>;
}

/**
 * Counts events (`general`), distinct users (`unique`) or events a user (`average`) in each bucket and segment. A user
 * counts once in every bucket and every segment they touched, so that neither adds up to the whole. Events of nobody count
 * in `general` alone. When there are more segments than `limit`, those with the largest figures over the range stay.
 * @see https://docs.mixpanel.com/docs/reports/insights
 */
export function segmentation(everybody: readonly UserEvents[], query: SegmentationQuery): Segmentation {
  const { event: name, type, buckets, where, on, limit } = query;
  const only = [name];
  // Sparse: a property that differs in each event makes as many segments as there are events.
  const segments = new Map<string, Segment>();
  if (on === undefined) segmentOf(segments, name);
  for (const { user, events } of everybody) {
    for (const { time, properties } of events) {
      const bucket = buckets.indexOf(time);
      if (bucket === -1 || (where !== undefined && !where(properties))) continue;
      for (const label of on === undefined ? only : segmentsOf(properties, on)) {
        const segment = segmentOf(segments, label);
        addTo(segment.whole, user);
        addTo(getOrAdd(segment.cells, bucket, emptyCell), user);
      }
    }
  }
  const figures = [...segments].map(([segment, { whole, cells }]) => ({ segment, cells, size: figureOf(whole, type) }));
  // A segment of nobody's events alone has no users to show.
  const shown = topSegments(on === undefined ? figures : figures.filter(({ size }) => size > 0), limit);
  return {
    legend_size: shown.length,
    data: {
      series: buckets.labels,
      values: Object.fromEntries(shown.map(({ segment, cells }) => [segment, seriesOf(cells, buckets, type)])),
    },
    overall: Object.fromEntries(shown.map(({ segment, size }) => [segment, size])),
  };
}

function segmentOf(segments: Map<string, Segment>, label: string): Segment {
  return getOrAdd(segments, label, () => ({ whole: emptyCell(), cells: new Map() }));
}

function emptyCell(): Cell {
  return { events: 0, eventsOfUsers: 0, users: 0, lastUser: '' };
}

function addTo(cell: Cell, user: string): void {
  cell.events += 1;
  if (user === '') return;
  cell.eventsOfUsers += 1;
  if (user !== cell.lastUser) cell.users += 1;
  cell.lastUser = user;
}

function figureOf({ events, eventsOfUsers, users }: Cell, type: SegmentationType): number {
  if (type === 'general') return events;
  if (type === 'unique') return users;
  return users === 0 ? 0 : eventsOfUsers / users;
}

function seriesOf(
  cells: ReadonlyMap<number, Cell>,
  { labels }: TimeBuckets,
  type: SegmentationType,
): Record<string, number> {
  return Object.fromEntries(
    labels.map((label, bucket) => {
      const cell = cells.get(bucket);
      return [label, cell === undefined ? 0 : figureOf(cell, type)];
    }),
  );
}

/** The largest segments, the largest first; of equal ones those that come first in the alphabet, so that answers repeat. */
export function topSegments<Sized extends { readonly segment: string; readonly size: number }>(
  segments: Sized[],
  limit: number,
): Sized[] {
  return segments
    .sort((left, right) => right.size - left.size || (left.segment < right.segment ? -1 : 1))
    .slice(0, limit);
}
