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
    async send(lane, { body }) {
      const reply = answers.shift() ?? { status: 200, headers: {}, body: '{"code":200,"status":"OK"}' };
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
