import { describe, expect, it } from 'vitest';
import type { Fault, FaultRule, Inbox } from '../../src/index.ts';
import { goodEvent, post } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const EVENTS = 40;

/** As a good client does: the same bytes again until they are answered with 200. @returns how often it sent */
async function sendUntilAccepted(inbox: Inbox, events: readonly unknown[]): Promise<number> {
  for (let attempt = 1; attempt <= 50; attempt += 1) {
    const status = await post(inbox, '/import?strict=1', events)
      .then((response) => response.json().then(() => response.status))
      .catch(() => undefined);
    if (status === 200) return attempt;
  }
  throw new Error('expected an answer of 200 within 50 attempts');
}

async function sendAll(rule: FaultRule): Promise<{ inbox: Inbox; attempts: number; lost: number; names: string[] }> {
  const inbox = await start();
  inbox.faults.add(rule);
  let attempts = 0;
  for (let index = 0; index < EVENTS; index += 1) {
    attempts += await sendUntilAccepted(inbox, [goodEvent({}, `event-${index}`)]);
  }
  const names = inbox.events().map(({ event }) => event);
  return { inbox, attempts, lost: EVENTS - new Set(names).size, names };
}

describe('a client that sends again until it is answered loses nothing and repeats nothing', () => {
  it.each<[string, Fault]>([
    ['when answers are 503', { kind: 'status', status: 503 }],
    ['when answers are lost after all was stored', { kind: 'status', status: 503, store: true }],
    ['when connections are reset before the body', { kind: 'reset', when: 'before' }],
    ['when connections are reset in the middle of the body', { kind: 'reset', when: 'during' }],
    ['when connections are reset after all was stored', { kind: 'reset', when: 'after' }],
    ['when a network wants a sign-in', { kind: 'content-type', contentType: 'text/html' }],
    ['when the rate is limited', { kind: 'rate-limit' }],
    ['when answers are slow', { kind: 'delay', delayMs: 2 }],
  ])('%s', async (_what, fault) => {
    const { inbox, attempts, lost, names } = await sendAll({ share: 0.4, seed: 3, fault });
    const [{ struck, seen } = { struck: 0, seen: 0 }] = inbox.faults.list();
    expect([lost, names.length, seen]).toEqual([0, EVENTS, attempts]);
    expect(struck).toBeGreaterThan(5);
    // A slow answer is an answer: only the other faults make the client send again.
    expect(attempts).toBe(fault.kind === 'delay' ? EVENTS : EVENTS + struck);
    const stored = inbox.events({ duplicates: true }).length;
    const keepsAll = fault.kind === 'reset' ? fault.when === 'after' : fault.kind === 'status' && fault.store === true;
    expect(stored).toBe(keepsAll ? EVENTS + struck : EVENTS);
  });

  it('in the same way each time, by the seed', async () => {
    const rule: FaultRule = { share: 0.4, seed: 11, fault: { kind: 'status', status: 503 } };
    expect((await sendAll(rule)).attempts).toBe((await sendAll(rule)).attempts);
  });
});
