import { describe, expect, it } from 'vitest';
import type { Transport } from '../../src/delivery/transport.ts';

interface TransportUnderTest {
  readonly transport: Transport;
  /** The records that the far side has accepted on a lane. */
  received(lane: 'import' | 'engage'): readonly unknown[];
}

const event = (id: string) => ({
  event: 'logout',
  properties: { distinct_id: 'u1', time: Date.now(), $insert_id: id, token: 'test-token' },
});

/** What every transport does, whatever lies behind it. */
export function describeTransportContract(name: string, open: () => Promise<TransportUnderTest>): void {
  describe(`${name} as a transport`, () => {
    it('delivers a batch to the lane that it is for', async () => {
      const { transport, received } = await open();
      const reply = await transport.send('import', JSON.stringify([event('a-1'), event('a-2')]));
      expect(reply).toMatchObject({ status: 200 });
      expect(received('import')).toHaveLength(2);
      await transport.send(
        'engage',
        JSON.stringify([{ $token: 'test-token', $distinct_id: 'u1', $set: { plan: 'pro' } }]),
      );
      expect(received('engage')).toHaveLength(1);
    });

    it('carries any text unchanged', async () => {
      const { transport, received } = await open();
      const record = { ...event('a-3'), event: 'ünï \u{1F600} "quotes" \\ \u2028' };
      await transport.send('import', JSON.stringify([record]));
      expect(received('import')).toEqual([expect.objectContaining({ event: record.event })]);
    });
  });
}
