import type { KeyboardEvent, MouseEvent, ReactElement } from 'react';
import type { LiveKind, LiveRows } from '../../../src/query/live/live-rows.ts';
import { countText } from '../shared/format.ts';
import { go, hrefWith, usePlace } from '../shared/location.ts';
import { KINDS, onlyKind, toggleKind } from './filters.ts';

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
      {KINDS.map(([kind, label]) => (
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
          <span>{label}</span> <b>{countText(answer?.held[kind] ?? 0)}</b>
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
