import { readRecords } from './body.ts';
import type { Lanes, Reply, Transport } from './lanes.ts';

/** A transport that keeps what it is given: the public test double of the delivery core. */
export interface MemoryTransport extends Transport {
  /** The records that were accepted, parsed, in the order in which they came. */
  records(lane?: string): readonly unknown[];
  /** Answers the next request with this instead of 200; calls add up. */
  answerNext(reply: Reply): void;
}

/** Returns a transport that keeps what it is given, and answers as the receivers of the lanes do. */
export function createMemoryTransport(lanes: Lanes): MemoryTransport {
  const accepted: { lane: string; record: unknown }[] = [];
  const answers: Reply[] = [];
  return {
    async send(lane, { body, records }) {
      const reply = answers.shift() ?? acceptance(lanes, lane, records);
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

function acceptance(lanes: Lanes, lane: string, records: number): Reply {
  return { status: 200, headers: {}, body: JSON.stringify(lanes[lane]?.acknowledge(records) ?? {}) };
}
