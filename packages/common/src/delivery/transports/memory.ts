import { readRecords } from '../compress.ts';
import type { LaneName } from '../record.ts';
import type { Reply, Transport } from '../transport.ts';

/** A transport that keeps what it is given: the public test double of the delivery core. */
export interface MemoryTransport extends Transport {
  /** The records that were accepted, parsed, in the order in which they came. */
  records(lane?: LaneName): readonly unknown[];
  /** Answers the next request with this instead of 200; calls add up. */
  answerNext(reply: Reply): void;
}

/** Makes a {@link MemoryTransport}; give it to `initializeMixpanel(token, { transport })`. */
export function createMemoryTransport(): MemoryTransport {
  const accepted: { lane: LaneName; record: unknown }[] = [];
  const answers: Reply[] = [];
  return {
    async send(lane, { body, records }) {
      const reply = answers.shift() ?? acknowledgementOf(lane, records);
      if ('status' in reply && reply.status === 200) {
        for (const record of await readRecords(body)) accepted.push({ lane, record });
      }
      return reply;
    },
    records: (lane) => accepted.filter((entry) => !lane || entry.lane === lane).map(({ record }) => record),
    answerNext: (reply) => {
      answers.push(reply);
    },
    close: async () => {},
  };
}

/** What the receiver of a lane answers to a batch that it has stored. */
function acknowledgementOf(lane: LaneName, records: number): Reply {
  const body = {
    import: { code: 200, num_records_imported: records, status: 'OK' },
    engage: { code: 200, num_good_events: records, status: 'OK' },
    groups: { code: 200, num_good_events: records, status: 'OK' },
    deletions: { status: 'ok', results: {} },
    analytics: { code: 200, num_records_imported: records, status: 'OK' },
    sentry: {},
  }[lane];
  return { status: 200, headers: {}, body: JSON.stringify(body) };
}
