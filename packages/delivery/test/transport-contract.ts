import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SealedBatch, Transport } from '../src/index.ts';

interface TransportUnderTest {
  readonly transport: Transport;
  /** The records that the far side has accepted on a lane. */
  received(lane: 'import' | 'engage'): readonly unknown[];
  /** Has the far side answer the next batch of the `import` lane with this instead of accepting it. */
  answerNext(status: number, body: string): void;
}

let batches = 0;

function sealed(records: readonly unknown[]): SealedBatch {
  batches++;
  return { id: `contract-${batches}`, records: records.length, body: gzipSync(JSON.stringify(records)) };
}

function event(id: string) {
  return {
    event: 'logout',
    properties: { distinct_id: 'u1', time: Date.now(), $insert_id: id, token: 'test-token' },
  };
}

/** What every transport does, whatever lies behind it. */
export function describeTransportContract(name: string, open: () => Promise<TransportUnderTest>): void {
  describe(`${name} as a transport`, () => {
    it('delivers a batch to the lane that it is for', async () => {
      const { transport, received } = await open();
      const reply = await transport.send('import', sealed([event('a-1'), event('a-2')]));
      expect(reply).toMatchObject({ status: 200 });
      expect(received('import')).toHaveLength(2);
      await transport.send('engage', sealed([{ $token: 'test-token', $distinct_id: 'u1', $set: { plan: 'pro' } }]));
      expect(received('engage')).toHaveLength(1);
    });

    it('carries any text unchanged', async () => {
      const { transport, received } = await open();
      const record = { ...event('a-3'), event: 'ünï \u{1F600} "quotes" \\ \u2028' };
      await transport.send('import', sealed([record]));
      expect(received('import')).toEqual([expect.objectContaining({ event: record.event })]);
    });

    it('keeps batches apart that are under way at once', async () => {
      const { transport, received } = await open();
      const sends = ['b-1', 'b-2', 'b-3', 'b-4', 'b-5'].map((id) => transport.send('import', sealed([event(id)])));
      for (const reply of await Promise.all(sends)) expect(reply).toMatchObject({ status: 200 });
      expect(received('import')).toHaveLength(5);
    });

    it.each([
      [400, '{"code":400,"failed_records":[{"index":0,"message":"bad time"}]}'],
      [413, '{"code":413,"error":"request exceeds max limit"}'],
    ])('passes on a refusal with status %i and its body, and carries on', async (status, body) => {
      const { transport, received, answerNext } = await open();
      answerNext(status, body);
      expect(await transport.send('import', sealed([event('c-1')]))).toMatchObject({ status, body });
      expect(received('import')).toHaveLength(0);
      expect(await transport.send('import', sealed([event('c-2')]))).toMatchObject({ status: 200 });
    });

    it('answers for a batch that was answered before', async () => {
      const { transport } = await open();
      const batch = sealed([event('d-1')]);
      await transport.send('import', batch);
      expect(await transport.send('import', batch)).toMatchObject({ status: 200 });
    });

    it('has nothing to take back of a batch that was answered, or that it does not know', async () => {
      const { transport, received } = await open();
      const batch = sealed([event('f-1')]);
      await transport.send('import', batch);
      await transport.recall?.('import', batch.id);
      await transport.recall?.('import', 'unknown');
      expect(await transport.send('import', sealed([event('f-2')]))).toMatchObject({ status: 200 });
      expect(received('import')).toHaveLength(2);
    });

    it('can be closed twice, and answers all the same', async () => {
      const { transport } = await open();
      await transport.close();
      await transport.close();
      await transport.recall?.('import', 'e-1');
      expect(await transport.send('import', sealed([event('e-1')]))).toBeTypeOf('object');
    });
  });
}
