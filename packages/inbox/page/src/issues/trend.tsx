import type { ReactElement } from 'react';

const BAR = 4;
const HEIGHT = 24;

/** Counts over time as tiny bars, the oldest first. */
export function Trend({ counts, label }: { readonly counts: readonly number[]; readonly label: string }): ReactElement {
  const highest = Math.max(1, ...counts);
  return (
    <svg className="trend" viewBox={`0 0 ${24 * BAR} ${HEIGHT}`} role="img" aria-label={`${label} over time`}>
      {counts.map((count, part) => {
        // A part with an error is seen, however many another has.
        const height = count === 0 ? 1 : Math.max(3, (count / highest) * HEIGHT);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a part has no other name than its place
            key={part}
            className={count === 0 ? 'none' : ''}
            x={part * BAR}
            y={HEIGHT - height}
            width={BAR - 1}
            height={height}
          />
        );
      })}
    </svg>
  );
}
