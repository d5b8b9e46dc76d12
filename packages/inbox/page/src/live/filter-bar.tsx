import type { ReactElement, SubmitEvent } from 'react';
import { countText } from '../shared/format.ts';
import { go, hrefWith, usePlace } from '../shared/location.ts';
import type { LiveFilter } from './filters.ts';

interface FilterBarProps {
  readonly filter: LiveFilter;
  /** To choose from. */
  readonly services: readonly string[];
  readonly isPaused: boolean;
  readonly waiting: number;
  /** Records that the page was too slow for. */
  readonly skipped: number;
  readonly onPause: () => void;
}

/** Text, service, user and trace; and the switch that stops the list. */
export function FilterBar(props: FilterBarProps): ReactElement {
  const { filter, isPaused, waiting, skipped, onPause } = props;
  const place = usePlace();
  const services = new Set(props.services);
  if (filter.service !== '') services.add(filter.service);
  const scope = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string): string | null => String(form.get(name) ?? '').trim() || null;
    go(hrefWith(place, { user: text('user'), trace: text('trace') }));
  };
  return (
    <form className="filters" onSubmit={scope}>
      <input
        id="search"
        type="search"
        placeholder="Search all records (press /)"
        title='Finds records with all words; "words in quotes" together'
        aria-label="Search all records"
        autoComplete="off"
        spellCheck={false}
        value={filter.text}
        onChange={({ target }) => go(hrefWith(place, { q: target.value || null }), true)}
      />
      <select
        aria-label="Service"
        value={filter.service}
        onChange={({ target }) => go(hrefWith(place, { service: target.value || null }))}
      >
        <option value="">All services</option>
        {[...services].sort().map((service) => (
          <option key={service}>{service}</option>
        ))}
      </select>
      <input name="user" type="search" aria-label="Only this user" placeholder="User id" defaultValue={filter.user} />
      <input
        name="trace"
        type="search"
        aria-label="Only this trace"
        placeholder="Trace id"
        defaultValue={filter.trace}
      />
      {/* Enter in a field sends the form only when there is a button for it. */}
      <button type="submit" className="visually-hidden" tabIndex={-1}>
        Filter
      </button>
      <button type="button" className="pause" aria-pressed={isPaused} title="p" onClick={onPause}>
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      <span className="waiting">
        {isPaused && `paused, ${countText(waiting)} waiting`}
        {!isPaused && skipped > 0 && `${countText(skipped)} were too fast`}
      </span>
    </form>
  );
}
