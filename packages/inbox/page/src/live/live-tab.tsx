import { type ReactElement, useRef, useState } from 'react';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { countOf } from '../shared/format.ts';
import { go, hrefWith, usePlace } from '../shared/location.ts';
import { Detail } from './detail.tsx';
import { FilterBar } from './filter-bar.tsx';
import { NO_FILTER, readFilter } from './filters.ts';
import { GettingStarted } from './getting-started.tsx';
import { KindChips } from './kind-chips.tsx';
import { NoMatch } from './no-match.tsx';
import { Timeline } from './timeline.tsx';
import { useHold } from './use-hold.ts';
import { useLiveKeys } from './use-live-keys.ts';
import { useLiveRows } from './use-live-rows.ts';
import { walk } from './walk.ts';

/** Everything in the order in which it arrives, the spans of a trace in one row. */
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
  useLiveKeys({ selected, isFiltered: isStory, togglePause, walk: (step) => walk(list.current, step) });
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
            <NoMatch held={countOf(held, 'record')} onReset={() => go(hrefWith(place, NO_FILTER))} />
          )}
        </Timeline>
        {selected !== null && <Detail key={selected} id={selected} />}
      </div>
    </div>
  );
}
