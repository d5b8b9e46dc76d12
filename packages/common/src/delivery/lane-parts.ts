import { createAftermath } from './aftermath.ts';
import type { Backlog } from './backlog.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createEnvelopeAftermath } from './envelope-aftermath.ts';
import { EnvelopeLane } from './envelope-lane.ts';
import type { Forgotten } from './forgotten.ts';
import { Lane } from './lane.ts';
import type { DropReason, LaneName } from './record.ts';
import { Sender } from './sender.ts';
import type { Spool } from './spool.ts';
import { LaneCounters } from './stats.ts';
import type { Transport } from './transport.ts';

/** What every lane of a pipeline shares. */
interface Surroundings {
  readonly spoolRoot: string | undefined;
  readonly spool: Spool;
  readonly backlog: Backlog;
  readonly forgotten: Forgotten;
  readonly onDrop: ((reason: DropReason, records: number) => void) | undefined;
  readonly warn: (message: string) => void;
  readonly now: () => number;
  readonly random: () => number;
}

/** A lane, what sends its batches, and what counts them. */
export interface LaneParts {
  readonly lane: Lane | EnvelopeLane;
  readonly sender: Sender;
  readonly counters: LaneCounters;
}

/** Puts a lane together: most gather records into batches, that of errors has finished envelopes. */
export function createLaneParts(name: LaneName, transport: Transport, surroundings: Surroundings): LaneParts {
  const { spoolRoot, spool, backlog, forgotten, onDrop, warn, now, random } = surroundings;
  const hasEnvelopes = name === 'sentry';
  const deadLetters = createDeadLetters(spoolRoot, warn);
  const aftermath = (hasEnvelopes ? createEnvelopeAftermath : createAftermath)(deadLetters, warn, now);
  const counters = new LaneCounters(onDrop);
  const sender = new Sender({ lane: name, transport, backlog, counters, aftermath, warn, now, random });
  const options = { name, spool, backlog, sender, counters, now };
  return { counters, sender, lane: hasEnvelopes ? new EnvelopeLane({ ...options, forgotten }) : new Lane(options) };
}
