import {
  type CSSProperties,
  type FocusEvent,
  Fragment,
  memo,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useState,
} from 'react';
import type { LiveRow } from '../../../src/query/live.ts';
import { countOf, dayOf, dayText, durationText } from '../shared/format.ts';
import { walk } from '../shared/keys.ts';
import { hrefWith, Link, traceHref, usePlace } from '../shared/location.tsx';
import { Badge, Button, Repeats, Time } from '../shared/parts.tsx';
import { type Description, describe, timeOf } from '../shared/records.tsx';

const AT_TOP_PX = 8;

interface TimelineProps {
  readonly list: RefObject<HTMLElement | null>;
  readonly rows: readonly LiveRow[];
  readonly selected: string | null;
  /** Whether to show when a record arrived, rather than when it happened. */
  readonly isByArrival: boolean;
  /** Rows that are held back because the list is being read. */
  readonly waiting: number;
  /** Draws older rows; null when there are none. */
  readonly showMore: (() => void) | null;
  /** Called with true while the user has scrolled or walks the rows by keyboard. */
  readonly onRead: (isRead: boolean) => void;
  /** Shown after the rows. */
  readonly children: ReactNode;
}

/**
 * One row a record or trace, walked with the arrow keys or j and k. A row is a place, not a record: while records stream
 * in, the places stay and their text changes, so that nothing on the page moves.
 */
export function Timeline(props: TimelineProps): ReactElement {
  const { list, rows, selected, isByArrival, waiting, showMore, onRead, children } = props;
  const place = usePlace();
  const [isScrolled, setScrolled] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const change = (scrolled: boolean, focused: boolean): void => {
    setScrolled(scrolled);
    setFocused(focused);
    onRead(scrolled || focused);
  };
  const toTop = (): void => {
    list.current?.scrollTo({ top: 0 });
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    change(false, false);
  };
  const onBlur = ({ relatedTarget, currentTarget }: FocusEvent): void => {
    if (!currentTarget.contains(relatedTarget)) change(isScrolled, false);
  };
  const now = Date.now();
  let day = dayOf(now);
  return (
    <section
      ref={list}
      className="timeline"
      aria-label="Timeline, newest first"
      onScroll={({ currentTarget }) => {
        const scrolled = currentTarget.scrollTop > AT_TOP_PX;
        if (scrolled !== isScrolled) change(scrolled, isFocused);
      }}
    >
      {waiting > 0 && (
        <button type="button" className="newer" onClick={toTop}>
          Show {countOf(waiting, 'newer record')}
        </button>
      )}
      <ol
        className="rows"
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step !== undefined && walk(list.current, '.row', step)) event.preventDefault();
        }}
        onFocus={() => !isFocused && change(isScrolled, true)}
        onBlur={onBlur}
      >
        {rows.map((row, slot) => {
          const at = momentOf(row, isByArrival);
          const isNewDay = dayOf(at) !== day;
          day = dayOf(at);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: the key is the place, see above
            <Fragment key={slot}>
              {isNewDay && (
                <li className="day">
                  <h2>{dayText(at, now)}</h2>
                </li>
              )}
              <li>
                <Row
                  row={row}
                  href={hrefWith(place, { record: String(row.id) })}
                  isSelected={row.kind !== 'trace' && String(row.id) === selected}
                  isByArrival={isByArrival}
                />
              </li>
            </Fragment>
          );
        })}
      </ol>
      {showMore !== null && (
        <p className="others">
          <Button onClick={showMore}>Show older records</Button>
        </p>
      )}
      {children}
    </section>
  );
}

interface RowProps {
  readonly row: LiveRow;
  /** Where a record is shown; a trace leads to its waterfall. */
  readonly href: string;
  readonly isSelected: boolean;
  readonly isByArrival: boolean;
}

/** Draws again only when what it shows has changed: each answer of the inbox has the same rows again. */
const Row = memo(PlainRow, (before, after) => {
  const isSameView = before.href === after.href && before.isSelected === after.isSelected;
  return isSameView && before.isByArrival === after.isByArrival && isSameRow(before.row, after.row);
});

function PlainRow({ row, href, isSelected, isByArrival }: RowProps): ReactElement {
  const { title, about } = descriptionOf(row);
  const { kind, traceId } = row;
  const hue = traceId === null ? undefined : ({ '--hue': String(hueOf(traceId)) } as CSSProperties);
  return (
    <Link href={kind === 'trace' ? traceHref(row.traceId) : href} className={`row ${kind}`} aria-current={isSelected}>
      <Time at={momentOf(row, isByArrival)} form="clock" />
      <Badge kind={kind} />
      <span className="trace-mark" style={hue} title={traceId === null ? 'no trace' : `trace ${traceId}`} />
      <strong className="title">
        {title}
        {kind !== 'trace' && <Repeats count={row.repeats} />}
      </strong>
      <span className="about">{about}</span>
      <span className="user">{kind === 'trace' ? '' : row.userId}</span>
    </Link>
  );
}

/** A stored record does not change; its user may become known, and a trace may get more spans. */
function isSameRow(before: LiveRow, after: LiveRow): boolean {
  if (before.kind === 'trace' || after.kind === 'trace') return JSON.stringify(before) === JSON.stringify(after);
  return before.id === after.id && before.repeats === after.repeats && before.userId === after.userId;
}

/** The moment that a row shows: of its arrival, or of what happened. */
function momentOf(row: LiveRow, isByArrival: boolean): number {
  if (isByArrival) return row.receivedAt;
  return row.kind === 'trace' ? row.time : timeOf(row.record);
}

function descriptionOf(row: LiveRow): Description {
  if (row.kind !== 'trace') return describe(row.record);
  const { title, spans, services, durationMs } = row;
  const parts = [countOf(spans, 'span')];
  if (services.length > 0) parts.push(countOf(services.length, 'service'));
  return { title, about: [...parts, durationText(durationMs)].join(', ') };
}

/** Records of one trace share a colour, so that they are seen together at a glance. */
function hueOf(trace: string): number {
  let hash = 0;
  for (const character of trace) hash = (hash * 31 + character.charCodeAt(0)) % 9973;
  return (hash * 137) % 360;
}
