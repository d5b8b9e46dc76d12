import type { Condition } from './conditions.ts';
import { segmentsOf } from './property.ts';
import type { TimeBuckets } from './time-buckets.ts';
import { topSegments } from './top-segments.ts';
import type { UserEvent } from './user-events.ts';

/** What to count of the events in a bucket. */
export type SegmentationType = 'general' | 'unique' | 'average';

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
  readonly users: Set<string> | undefined;
}

/**
 * Counts events (`general`), distinct users (`unique`) or events a user (`average`) in each bucket and segment. A user
 * counts once in every bucket and every segment they touched, so that neither adds up to the whole. Events of nobody count
 * in `general` alone. When there are more segments than `limit`, those with the largest sums over the range stay.
 * @see https://docs.mixpanel.com/docs/reports/insights
 */
export function segmentation(events: readonly UserEvent[], query: SegmentationQuery): Segmentation {
  const { event: name, type, buckets, where, on, limit } = query;
  const whole = [name];
  // Sparse: a property that differs in each event makes as many segments as there are events.
  const segments = new Map<string, Map<number, Cell>>();
  if (on === undefined) segments.set(name, new Map());
  for (const event of events) {
    const bucket = buckets.indexOf(event.time);
    if (bucket === -1 || (where !== undefined && !where(event.properties))) continue;
    for (const segment of on === undefined ? whole : segmentsOf(event.properties, on)) {
      addTo(cellOf(segments, segment, bucket, type), event.user);
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

function cellOf(
  segments: Map<string, Map<number, Cell>>,
  segment: string,
  bucket: number,
  type: SegmentationType,
): Cell {
  let cells = segments.get(segment);
  if (cells === undefined) {
    cells = new Map();
    segments.set(segment, cells);
  }
  let cell = cells.get(bucket);
  if (cell === undefined) {
    cell = { events: 0, eventsOfUsers: 0, users: type === 'general' ? undefined : new Set() };
    cells.set(bucket, cell);
  }
  return cell;
}

function addTo(cell: Cell, user: string): void {
  cell.events += 1;
  if (user === '') return;
  cell.eventsOfUsers += 1;
  cell.users?.add(user);
}

function figureOf({ events, eventsOfUsers, users }: Cell, type: SegmentationType): number {
  if (type === 'general' || users === undefined) return events;
  if (type === 'unique') return users.size;
  return users.size === 0 ? 0 : eventsOfUsers / users.size;
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
