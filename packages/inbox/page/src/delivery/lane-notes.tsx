import type { ReactElement } from 'react';
import { bytesText, countText, durationText } from '../shared/format.ts';
import type { LaneNumbers } from './service-stats.ts';

/** A lane beside its numbers: why records were dropped, what is spooled, and the receiver's last error. */
export function LaneNotes({ name, lane }: { readonly name: string; readonly lane: LaneNumbers }): ReactElement | null {
  const { dropped = {}, spooledBytes = 0, oldestAgeMs = 0, lastError } = lane;
  const lost = Object.entries(dropped).filter(([, count]) => count > 0);
  if (lost.length === 0 && spooledBytes === 0 && !lastError) return null;
  return (
    <li>
      <b>{name}</b>
      {lost.map(([reason, count]) => (
        <span key={reason} className="bad">
          {countText(count)} dropped: {reason.replaceAll('_', ' ')}
        </span>
      ))}
      {spooledBytes > 0 && (
        <span>
          {bytesText(spooledBytes)} on disk, the oldest for {durationText(oldestAgeMs)}
        </span>
      )}
      {lastError && <span>last error: {lastError}</span>}
    </li>
  );
}
