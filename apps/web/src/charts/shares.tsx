import { type ReactElement, useId } from 'react';

interface SharesProps {
  readonly title: string;
  readonly shares: readonly { readonly value: string; readonly scans: number }[];
  /** What to call a value. @default the value itself */
  readonly nameOf?: (value: string) => string;
  /** The value to which everything on the page is limited. */
  readonly chosen?: string | undefined;
  /** Makes each value a button: limits to it, or lifts the limit. */
  readonly onChoose?: (value: string | undefined) => void;
}

/** What is behind these is one line. */
const SHOWN = 6;

/** Parts of a whole, the largest first: a meter each, as numbers beside bars are read faster than slices. */
export function Shares({ title, shares, nameOf = (value) => value, chosen, onChoose }: SharesProps): ReactElement {
  const titleId = useId();
  const total = shares.reduce((sum, { scans }) => sum + scans, 0);
  const rest = shares.slice(SHOWN).reduce((sum, { scans }) => sum + scans, 0);
  const rows: Row[] = shares.slice(0, SHOWN).map((share) => ({ ...share, name: nameOf(share.value) }));
  if (rest > 0) rows.push({ name: 'Others', scans: rest });
  return (
    <section className="shares" aria-labelledby={titleId}>
      <h3 id={titleId}>{title}</h3>
      <ul>
        {rows.map(({ name, value, scans }) => (
          <li key={name}>
            {onChoose && value !== undefined ? (
              <button
                type="button"
                className="share-name"
                aria-pressed={value === chosen}
                title={value === chosen ? 'Show all' : `Show only ${name}`}
                onClick={() => onChoose(value === chosen ? undefined : value)}
              >
                {name}
              </button>
            ) : (
              <span className="share-name">{name}</span>
            )}
            <span className="share-count">{scans}</span>
            <meter min={0} max={total} value={scans} aria-label={`${name}: ${scans} of ${total} scans`} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Row {
  readonly name: string;
  readonly scans: number;
  /** None for what is several values. */
  readonly value?: string;
}
