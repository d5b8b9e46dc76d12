import type { ReactElement } from 'react';

/** Takes the room of what is coming, so that nothing moves when it comes. */
export function Skeleton({
  height,
  label = 'Loading',
}: {
  readonly height: Height;
  readonly label?: string;
}): ReactElement {
  return (
    <div className={`skeleton skeleton-${height}`} role="status">
      <span className="visually-hidden">{label}…</span>
    </div>
  );
}

/** By name, as the content security policy allows no inline styles. */
type Height = 'line' | 'card' | 'chart' | 'page';
