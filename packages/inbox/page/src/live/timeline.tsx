import { type FocusEvent, type KeyboardEvent, type ReactElement, type ReactNode, useRef, useState } from 'react';
import type { StoredRecord } from '../../../src/store/records.ts';
import { countOf, countText } from '../shared/format.ts';
import { hrefWith, usePlace } from '../shared/location.ts';
import { Row } from './row.tsx';

/** Rows beyond this are not drawn; the filters find older ones. */
const MAX_ROWS = 300;
const AT_TOP_PX = 8;

interface TimelineProps {
  readonly records: readonly StoredRecord[];
  readonly selected: string | null;
  /** Whether to show when a record arrived, rather than when it happened. */
  readonly isByArrival: boolean;
  /** Records that are held back because the list is being read. */
  readonly waiting: number;
  /** Told when somebody begins to read (has scrolled, or walks the rows) and when they stop. */
  readonly onRead: (isRead: boolean) => void;
  /** What is shown when there is no row. */
  readonly children: ReactNode;
}

/**
 * One row a record, walked with the arrow keys. A row is a place, not a record: while records stream in, the places stay
 * and their text changes, so that nothing on the page moves.
 */
export function Timeline(props: TimelineProps): ReactElement {
  const { records, selected, isByArrival, waiting, onRead, children } = props;
  const place = usePlace();
  const list = useRef<HTMLElement>(null);
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
  const others = records.length - MAX_ROWS;
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
      <ol className="rows" onKeyDown={walk} onFocus={() => !isFocused && change(isScrolled, true)} onBlur={onBlur}>
        {records.slice(0, MAX_ROWS).map((record, slot) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the key is the place, see above
          <li key={slot}>
            <Row
              record={record}
              href={hrefWith(place, { record: String(record.id) })}
              isSelected={String(record.id) === selected}
              isByArrival={isByArrival}
            />
          </li>
        ))}
      </ol>
      {others > 0 && <p className="others">{countText(others)} older ones are not drawn: filter to find them.</p>}
      {children}
    </section>
  );
}

function walk(event: KeyboardEvent): void {
  const row = event.target instanceof Element ? event.target.closest('li') : null;
  const next = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[event.key];
  const link = next?.firstElementChild;
  if (!(link instanceof HTMLElement)) return;
  event.preventDefault();
  link.focus();
}
