import type { ReactElement } from 'react';
import type { Stats } from '../../../src/query/stats.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { countText } from '../shared/format.ts';
import { go, hrefWith, usePlace } from '../shared/location.ts';
import { useJson } from '../shared/use-json.ts';
import { KINDS, toggleKind } from './filters.ts';

/** How many of each kind are stored, and which of them are shown. */
export function KindChips({ kinds }: { readonly kinds: ReadonlySet<string> }): ReactElement {
  const place = usePlace();
  const revision = useFeedPart((feed) => feed.revision);
  const { data } = useJson<Stats>('/api/stats', revision);
  const evicted = Object.values(data?.kinds ?? {}).reduce((total, kind) => total + kind.evicted, 0);
  return (
    <fieldset className="kinds" aria-label="Kinds shown">
      {KINDS.map(([kind, label]) => (
        <button
          key={kind}
          type="button"
          className={`chip ${kind}`}
          aria-pressed={kinds.size === 0 || kinds.has(kind)}
          onClick={() => go(hrefWith(place, { kind: toggleKind(kinds, kind) }))}
        >
          <span>{label}</span> <b>{countText(data?.kinds[kind].stored ?? 0)}</b>
        </button>
      ))}
      {evicted > 0 && <p className="evicted">{countText(evicted)} older records made room</p>}
    </fieldset>
  );
}
