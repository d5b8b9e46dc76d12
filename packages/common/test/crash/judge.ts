/** What was tracked later than this before a kill may be lost: it was not on disk yet. */
const GRACE_MS = 50;

/** What one process noted of itself. */
export interface Testimony {
  readonly events: readonly { readonly number: number; readonly at: number }[];
  /** Events below this number were tracked in a turn of the loop that has ended. */
  readonly turnedUpTo: number;
  /** When it was killed; `undefined`: it ended by itself. */
  readonly killedAt: number | undefined;
}

/** What became of all events of a run. */
export interface Verdict {
  /** Noted by the processes that tracked them. */
  readonly tracked: number;
  /** Different events that arrived. */
  readonly received: number;
  /** Tracked more than 50 ms before the kill and never received: must be none. */
  readonly lost: readonly number[];
  /** The same, but killed in the very turn that tracked them: the machine did not let the process go on for so long. */
  readonly lostInStalledTurn: number;
  readonly longestStallMs: number;
  /** Tracked within the last 50 ms and never received. */
  readonly lostYoung: number;
  readonly requests: number;
  /** Requests that brought nothing new. */
  readonly resentBatches: number;
  readonly resentRecords: number;
  /** Requests that brought some records again and others for the first time: a batch was put together anew. */
  readonly mixedRequests: number;
  /** Events whose copies are not the same to the byte. */
  readonly unequalCopies: readonly number[];
  /** Events that share their id with another event. */
  readonly sharedIds: number;
}

/** Compares what was tracked with what was received. */
export function judge(testimonies: readonly Testimony[], bodies: readonly string[]): Verdict {
  const received = new Map<number, string>();
  const owners = new Map<string, number>();
  const unequal = new Set<number>();
  let [resentBatches, resentRecords, mixedRequests, sharedIds] = [0, 0, 0, 0];
  for (const body of bodies) {
    const records = recordsOf(body);
    let known = 0;
    for (const { number, insertId, text } of records) {
      const earlier = received.get(number);
      if (earlier !== undefined) known++;
      if (earlier !== undefined && earlier !== text) unequal.add(number);
      received.set(number, earlier ?? text);
      if ((owners.get(insertId) ?? number) !== number) sharedIds++;
      owners.set(insertId, number);
    }
    resentRecords += known;
    if (known === records.length) resentBatches++;
    else if (known > 0) mixedRequests++;
  }
  const lost: number[] = [];
  let [lostYoung, lostInStalledTurn, longestStallMs] = [0, 0, 0];
  for (const { events, turnedUpTo, killedAt } of testimonies) {
    for (const { number, at } of events) {
      if (received.has(number)) continue;
      const ageMs = killedAt === undefined ? Number.POSITIVE_INFINITY : killedAt - at;
      if (ageMs <= GRACE_MS) lostYoung++;
      else if (number < turnedUpTo || ageMs === Number.POSITIVE_INFINITY) lost.push(number);
      else {
        lostInStalledTurn++;
        longestStallMs = Math.max(longestStallMs, ageMs);
      }
    }
  }
  return {
    tracked: testimonies.reduce((sum, { events }) => sum + events.length, 0),
    received: received.size,
    lost,
    lostInStalledTurn,
    longestStallMs,
    lostYoung,
    requests: bodies.length,
    resentBatches,
    resentRecords,
    mixedRequests,
    unequalCopies: [...unequal],
    sharedIds,
  };
}

/** Reads a process's own log. @param killedAt by somebody else; a process that killed itself says so. */
export function readTestimony(log: string, killedAt: number | undefined): Testimony {
  const lines = log.split('\n').filter((line) => line !== '');
  const own = lines.find((line) => line.startsWith('killed '));
  const events = lines
    .filter((line) => /^\d+ \d+$/.test(line))
    .map((line) => {
      const [number, at] = line.split(' ');
      return { number: Number(number), at: Number(at) };
    });
  const turns = lines.filter((line) => /^turn \d+$/.test(line)).map((line) => Number(line.split(' ')[1]));
  return { events, turnedUpTo: Math.max(0, ...turns), killedAt: own ? Number(own.split(' ')[1]) : killedAt };
}

/** The records of a request, each as the text that was sent. JSON has no line break of its own, so the separator is none of theirs. */
function recordsOf(body: string): { number: number; insertId: string; text: string }[] {
  return body
    .slice(1, -1)
    .split(',\n')
    .map((text) => {
      const { properties } = JSON.parse(text) as { properties: { qr_id: string; $insert_id: string } };
      return { number: Number(properties.qr_id), insertId: properties.$insert_id, text };
    });
}
