import type { KeyboardEvent, MouseEvent, ReactElement, SubmitEvent } from 'react';
import { LIVE_KINDS, type LiveKind } from '../../../src/query/filter-names.ts';
import type { LiveRows } from '../../../src/query/live.ts';
import { countText } from '../shared/format.ts';
import { go, hrefWith, usePlace } from '../shared/location.tsx';

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

interface KindChipsProps {
  /** Those that are shown; empty: all. */
  readonly kinds: ReadonlySet<string>;
  readonly answer: LiveRows | undefined;
}

const HOW = 'Click: only this kind. Ctrl, ⌘ or Shift + click: add or remove it.';

/** How many of each kind are held, and which of them are shown. */
export function KindChips({ kinds, answer }: KindChipsProps): ReactElement {
  const place = usePlace();
  const show = (kind: string | null): void => go(hrefWith(place, { kind }));
  const choose = (event: MouseEvent | KeyboardEvent, kind: LiveKind): void =>
    show(hasModifier(event) ? toggleKind(kinds, kind) : onlyKind(kinds, kind));
  // A browser makes no click of a key that is pressed with Ctrl.
  const onKey = (event: KeyboardEvent, kind: LiveKind): void => {
    if ((event.key !== 'Enter' && event.key !== ' ') || !hasModifier(event)) return;
    event.preventDefault();
    if (event.type === 'keydown') choose(event, kind);
  };
  const evicted = answer?.evicted ?? 0;
  return (
    <fieldset className="kinds" aria-label="Kinds shown" aria-describedby="kinds-how">
      <button type="button" className="chip all" aria-pressed={kinds.size === 0} onClick={() => show(null)}>
        All
      </button>
      {LIVE_KINDS.map((kind) => (
        <button
          key={kind}
          type="button"
          className={`chip ${kind}`}
          title={HOW}
          aria-pressed={kinds.has(kind)}
          onClick={(event) => choose(event, kind)}
          onKeyDown={(event) => onKey(event, kind)}
          onKeyUp={(event) => onKey(event, kind)}
        >
          <span>{KINDS[kind]}</span> <b>{countText(answer?.held[kind] ?? 0)}</b>
        </button>
      ))}
      <span id="kinds-how" className="how">
        Shift + click adds a kind
      </span>
      {evicted > 0 && <p className="evicted">{countText(evicted)} older records made room</p>}
    </fieldset>
  );
}

function hasModifier({ ctrlKey, metaKey, shiftKey }: MouseEvent | KeyboardEvent): boolean {
  return ctrlKey || metaKey || shiftKey;
}

/** Which rows are shown; all that is given must hold. It is read from the address, so that it can be shared. */
export interface LiveFilter {
  /** Empty: all of them. */
  readonly kinds: ReadonlySet<string>;
  readonly text: string;
  readonly service: string;
  readonly user: string;
  readonly trace: string;
}

const KINDS: Readonly<Record<LiveKind, string>> = {
  ...{ event: 'Events', error: 'Errors', log: 'Logs', profile: 'Profiles', trace: 'Traces', item: 'Other' },
  rejected: 'Rejected',
};

/** The parameters of the address that filter. */
export const NO_FILTER = { kind: null, q: null, service: null, user: null, trace: null } as const;

export function readFilter(query: URLSearchParams): LiveFilter {
  const named = new Set(query.get('kind')?.split(','));
  const read = (name: string): string => query.get(name) ?? '';
  return {
    // Names that are none are left out: a mistyped address shows all kinds.
    kinds: new Set(LIVE_KINDS.filter((kind) => named.has(kind))),
    text: read('q'),
    service: read('service'),
    user: read('user'),
    trace: read('trace'),
  };
}

/** The `kind` parameter for one kind alone; for all of them when it was alone already. */
function onlyKind(kinds: ReadonlySet<string>, kind: LiveKind): string | null {
  return kinds.size === 1 && kinds.has(kind) ? null : kind;
}

/** The `kind` parameter with a kind more, or less when it was chosen; all kinds are the same as none chosen. */
function toggleKind(kinds: ReadonlySet<string>, kind: LiveKind): string | null {
  const isChosen = (each: LiveKind): boolean => (each === kind ? !kinds.has(each) : kinds.has(each));
  const chosen = LIVE_KINDS.filter(isChosen);
  return chosen.length === 0 || chosen.length === LIVE_KINDS.length ? null : chosen.join(',');
}
