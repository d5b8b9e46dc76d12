import { type FocusEvent, Fragment, type ReactElement, type ReactNode, type RefObject, useState } from 'react';
import type { LiveRow } from '../../../src/query/live/live-rows.ts';
import { dayOf, dayText } from '../shared/day.ts';
import { countOf } from '../shared/format.ts';
import { hrefWith, usePlace } from '../shared/location.ts';
import { momentOf, Row } from './row.tsx';
import { walk } from './walk.ts';

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
          if (step !== undefined && walk(list.current, step)) event.preventDefault();
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
          <button type="button" onClick={showMore}>
            Show older records
          </button>
        </p>
      )}
      {children}
    </section>
  );
}
