import { type ReactElement, useId } from 'react';

interface SharesProps {
  readonly title: string;
  readonly shares: readonly { readonly value: string; readonly scans: number }[];
  /** What to call a value. @default the value itself */
  readonly nameOf?: (value: string) => string;
}

/** What is behind these is one line. */
const SHOWN = 6;

/** Parts of a whole, the largest first: a meter each, as numbers beside bars are read faster than slices. */
export function Shares({ title, shares, nameOf = (value) => value }: SharesProps): ReactElement {
  const titleId = useId();
  const total = shares.reduce((sum, { scans }) => sum + scans, 0);
  const rest = shares.slice(SHOWN).reduce((sum, { scans }) => sum + scans, 0);
  const rows = shares.slice(0, SHOWN).map(({ value, scans }) => ({ name: nameOf(value), scans }));
  if (rest > 0) rows.push({ name: 'Others', scans: rest });
  return (
    <section className="shares" aria-labelledby={titleId}>
      <h3 id={titleId}>{title}</h3>
      <ul>
        {rows.map(({ name, scans }) => (
          <li key={name}>
            <span className="share-name">{name}</span>
            <span className="share-count">{scans}</span>
            <meter min={0} max={total} value={scans} aria-label={`${name}: ${scans} of ${total} scans`} />
          </li>
        ))}
      </ul>
    </section>
  );
}
