import { type ReactElement, useState } from 'react';
import { useFeed } from '../feed/feed-provider.tsx';
import { go, hrefWith, usePlace } from '../shared/location.ts';
import { Detail } from './detail.tsx';
import { FilterBar } from './filter-bar.tsx';
import { matches, NO_FILTER, readFilter } from './filters.ts';
import { GettingStarted } from './getting-started.tsx';
import { KindChips } from './kind-chips.tsx';
import { NoMatch } from './no-match.tsx';
import { Timeline } from './timeline.tsx';
import { useHold } from './use-hold.ts';
import { useLiveKeys } from './use-live-keys.ts';
import { useScope } from './use-scope.ts';

/** Everything in the order in which it arrives. */
export function LiveTab(): ReactElement {
  const place = usePlace();
  const [isPaused, setPaused] = useState(false);
  const [isRead, setRead] = useState(false);
  const feed = useFeed();
  const shown = useHold(feed, isPaused || isRead);
  const filter = readFilter(place.query);
  const scope = useScope(filter, shown.records, shown.revision);
  const records = (scope ?? shown.records).filter((record) => matches(record, filter));
  const newest = shown.records[0]?.id ?? 0;
  const waiting =
    shown === feed ? 0 : feed.records.filter((record) => record.id > newest && matches(record, filter)).length;
  const selected = place.query.get('record');
  const togglePause = (): void => setPaused((before) => !before);
  useLiveKeys({ selected, isFiltered: scope !== undefined, togglePause });
  return (
    <div className="live">
      <FilterBar
        key={`${filter.service}\n${filter.user}\n${filter.trace}`}
        filter={filter}
        records={shown.records}
        isPaused={isPaused}
        waiting={waiting}
        skipped={feed.skipped}
        onPause={togglePause}
      />
      <KindChips kinds={filter.kinds} />
      <div className={selected === null ? 'panes' : 'panes has-detail'}>
        <Timeline
          records={records}
          selected={selected}
          isByArrival={scope === undefined}
          waiting={isPaused ? 0 : waiting}
          onRead={setRead}
        >
          {feed.isReady && feed.records.length === 0 && scope === undefined && <GettingStarted />}
          {feed.records.length > 0 && records.length === 0 && (
            <NoMatch onReset={() => go(hrefWith(place, NO_FILTER))} />
          )}
        </Timeline>
        {selected !== null && <Detail key={selected} id={selected} records={shown.records} />}
      </div>
    </div>
  );
}
