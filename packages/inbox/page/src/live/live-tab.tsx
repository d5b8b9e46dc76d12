import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { LiveAnswer } from '../../../src/query/live.ts';
import { useFeedPart, useLiveJson } from '../shared/feed.tsx';
import { countOf } from '../shared/format.ts';
import { focusSearch, isTyping, useKeys, walk } from '../shared/keys.ts';
import { go, hrefOf, hrefWith, usePlace } from '../shared/location.tsx';
import { Button, Empty } from '../shared/parts.tsx';
import { Detail } from './detail.tsx';
import { FilterBar, KindChips, type LiveFilter, NO_FILTER, readFilter } from './filters.tsx';
import { Timeline } from './timeline.tsx';

/**
 * Everything in the order in which it arrives, the spans of a trace in one row. `/` searches, `p` pauses, `j` and `k` walk
 * the rows, Escape goes back one step.
 */
export function LiveTab(): ReactElement {
  const place = usePlace();
  const list = useRef<HTMLElement>(null);
  const [isPaused, setPaused] = useState(false);
  const [isRead, setRead] = useState(false);
  const skipped = useFeedPart((feed) => feed.skipped);
  const filter = readFilter(place.query);
  const { answer, failure, version, showMore } = useLiveRows(filter);
  const shown = useHold(answer, isPaused || isRead, version);
  const rows = shown?.rows ?? [];
  const newest = rows[0]?.id ?? 0;
  const waiting = shown === answer ? 0 : (answer?.rows ?? []).filter(({ id }) => id > newest).length;
  const selected = place.query.get('record');
  const isStory = filter.user !== '' || filter.trace !== '';
  const held = Object.values(answer?.held ?? {}).reduce((total, count) => total + count, 0);
  const togglePause = (): void => setPaused((before) => !before);
  useKeys((event) => {
    if (event.key === 'Escape') {
      if (selected !== null) go(hrefWith(place, { record: null }));
      else if (isStory) go(hrefWith(place, { user: null, trace: null }));
      else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    }
    if (isTyping(event)) return;
    if (event.key === '/') focusSearch(event);
    if (event.key === 'p') togglePause();
    if (event.key === 'j') walk(list.current, '.row', 1);
    if (event.key === 'k') walk(list.current, '.row', -1);
  });
  return (
    <div className="live">
      <FilterBar
        key={`${filter.service}\n${filter.user}\n${filter.trace}`}
        filter={filter}
        services={answer?.services ?? []}
        isPaused={isPaused}
        waiting={waiting}
        skipped={skipped}
        onPause={togglePause}
      />
      <KindChips kinds={filter.kinds} answer={answer} />
      <div className={selected === null ? 'panes' : 'panes has-detail'}>
        <Timeline
          list={list}
          rows={rows}
          selected={selected}
          isByArrival={!isStory}
          waiting={isPaused ? 0 : waiting}
          showMore={showMore}
          onRead={setRead}
        >
          {failure !== undefined && <p className="notice others">Not up to date: {failure}</p>}
          {answer !== undefined && held === 0 && <GettingStarted />}
          {held > 0 && shown !== undefined && rows.length === 0 && (
            <Empty title="Nothing matches">
              <p>
                The filters match none of the {countOf(held, 'record')} that the inbox holds. New records that match
                appear here.
              </p>
              <Button onClick={() => go(hrefWith(place, NO_FILTER))}>Reset the filters</Button>
            </Empty>
          )}
        </Timeline>
        {selected !== null && <Detail key={selected} id={selected} />}
      </div>
    </div>
  );
}

/** Three ways to see a first record. */
function GettingStarted(): ReactElement {
  const { origin, protocol, host } = location;
  return (
    <Empty title="Nothing has arrived yet">
      <p>This page shows every event, error, span and log the moment it is sent. Three ways to see one:</p>
      <ol>
        <li>
          Open <a href="http://localhost:3000">the app</a>, sign up, make a code and scan it.
        </li>
        <li>
          Let <code>npm run demo</code> do that: it starts an inbox of its own, and reports what came.
        </li>
        <li>
          Send one by hand:
          <pre id="example">{`curl ${origin}/track -d 'data={"event":"hello","properties":{"token":"any","distinct_id":"me"}}'`}</pre>
        </li>
      </ol>
      <p>Any Mixpanel or Sentry client can send here too:</p>
      <pre id="environment">{`MIXPANEL_API_HOST=${origin}\nSENTRY_DSN=${protocol}//public@${host}/1`}</pre>
    </Empty>
  );
}

const ROWS = 300;
const MAX_ROWS = 3000;
/** A search is not sent for each key. */
const SETTLE_MS = 150;

interface Live {
  /** The newest answer, of the filter before while the inbox still searches; undefined before the first. */
  readonly answer: LiveAnswer | undefined;
  readonly failure: string | undefined;
  /** Differs when rows that are held back are void: of another filter, or removed. */
  readonly version: string;
  /** Draws older rows too; null when there are none, or as many as a page can draw. */
  readonly showMore: (() => void) | null;
}

/** The rows that match the filter, of everything the inbox holds, read again with each arrival. */
function useLiveRows({ kinds, text, service, user, trace }: LiveFilter): Live {
  const [limit, setLimit] = useState(ROWS);
  const filter = { kind: [...kinds].join(','), q: text.trim(), service, user, trace_id: trace };
  const path = useSettled(hrefOf('/api/live', { ...filter, limit: String(limit) }), SETTLE_MS);
  const { data, failure } = useLiveJson<LiveAnswer>(path);
  const [kept, setKept] = useState<{ readonly data: LiveAnswer; readonly version: string }>();
  // While it draws: an effect would show nothing for one frame.
  if (data !== undefined && data !== kept?.data) setKept({ data, version: `${data.version} ${path}` });
  const answer = data ?? kept?.data;
  const canShowMore = answer?.hasMore === true && limit < MAX_ROWS;
  return {
    answer,
    failure,
    version: kept?.version ?? '',
    showMore: canShowMore ? () => setLimit(limit + ROWS) : null,
  };
}

/** Keeps the previous value while the list is held. A new `version` discards the held value. */
function useHold<T>(current: T, isHeld: boolean, version: string): T {
  const [held, setHeld] = useState<{ readonly value: T; readonly version: string } | null>(null);
  const isVoid = held === null || held.version !== version;
  const next = !isHeld ? null : isVoid ? { value: current, version } : held;
  // While it draws: what is shown must be what was on the screen when the hold began.
  if (next !== held) setHeld(next);
  return next === null ? current : next.value;
}

/** Returns a value once it has not changed for `afterMs`. */
function useSettled<T>(value: T, afterMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
