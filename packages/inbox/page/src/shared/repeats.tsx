import type { ReactElement } from 'react';

/** How often an event was received with the same `$insert_id`; nothing when once. */
export function Repeats({ count }: { readonly count: number | undefined }): ReactElement | null {
  if (count === undefined || count <= 1) return null;
  return (
    <span className="repeats" title={`Received ${count} times with the same $insert_id`}>
      ×{count}
    </span>
  );
}
