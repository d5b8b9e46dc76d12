import type { Condition } from './conditions.ts';
import { segmentsOf } from './property.ts';
import type { TimeBuckets } from './time-buckets.ts';
import { topSegments } from './top-segments.ts';
import type { UserEvents } from './user-events.ts';

/** What to count of the events in a bucket. */
type SegmentationType = 'general' | 'unique' | 'average';

export interface SegmentationQuery {
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

/** As the vendor answers. */
export interface Segmentation {
  /** How many series there are. */
  readonly legend_size: number;
  readonly data: {
    readonly series: readonly string[];
    readonly values: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}

/** What is known of one segment in one bucket. */
interface Cell {
  events: number;
  /** Only events of somebody, so that an average is of users. */
  eventsOfUsers: number;
  users: number;
  /** Users come one after the other, so that one who is not the last counted is new. */
  lastUser: string;
}

/**
 * Counts events (`general`), distinct users (`unique`) or events a user (`average`) in each bucket and segment. A user
 * counts once in every bucket and every segment they touched, so that neither adds up to the whole. Events of nobody count
 * in `general` alone. When there are more segments than `limit`, those with the largest sums over the range stay.
 * @see https://docs.mixpanel.com/docs/reports/insights
 */
export function segmentation(everybody: readonly UserEvents[], query: SegmentationQuery): Segmentation {
  const { event: name, type, buckets, where, on, limit } = query;
  const whole = [name];
  // Sparse: a property that differs in each event makes as many segments as there are events.
  const segments = new Map<string, Map<number, Cell>>();
  if (on === undefined) segments.set(name, new Map());
  for (const { user, events } of everybody) {
    for (const { time, properties } of events) {
      const bucket = buckets.indexOf(time);
      if (bucket === -1 || (where !== undefined && !where(properties))) continue;
      for (const segment of on === undefined ? whole : segmentsOf(properties, on)) {
        addTo(cellOf(segments, segment, bucket), user);
      }
    }
  }
  const sums = [...segments].map(([segment, cells]) => ({ segment, cells, size: sumOf(cells, type) }));
  // A segment of nobody's events alone has no users to show.
  const shown = on === undefined ? sums : sums.filter(({ size }) => size > 0);
  const values = topSegments(shown, limit).map(
    ({ segment, cells }) => [segment, seriesOf(cells, buckets, type)] as const,
  );
  return { legend_size: values.length, data: { series: buckets.labels, values: Object.fromEntries(values) } };
}

function cellOf(segments: Map<string, Map<number, Cell>>, segment: string, bucket: number): Cell {
  let cells = segments.get(segment);
  if (cells === undefined) {
    cells = new Map();
    segments.set(segment, cells);
  }
  let cell = cells.get(bucket);
  if (cell === undefined) {
    cell = { events: 0, eventsOfUsers: 0, users: 0, lastUser: '' };
    cells.set(bucket, cell);
  }
  return cell;
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

function sumOf(cells: ReadonlyMap<number, Cell>, type: SegmentationType): number {
  let sum = 0;
  for (const cell of cells.values()) sum += figureOf(cell, type);
  return sum;
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
