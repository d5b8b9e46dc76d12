import type { StoryRecord } from '../../../src/views/people.ts';

/** What a person did without a longer break. */
export interface Session {
  readonly from: number;
  readonly to: number;
  readonly records: readonly StoryRecord[];
}

const GAP_MS = 30 * 60_000;

/** Cuts a story, which is in order of time, wherever nothing happened for 30 minutes. */
export function toSessions(records: readonly StoryRecord[]): Session[] {
  const sessions: { from: number; to: number; records: StoryRecord[] }[] = [];
  for (const record of records) {
    const last = sessions.at(-1);
    if (last !== undefined && record.time - last.to < GAP_MS) {
      last.records.push(record);
      last.to = record.time;
    } else sessions.push({ from: record.time, to: record.time, records: [record] });
  }
  return sessions;
}
