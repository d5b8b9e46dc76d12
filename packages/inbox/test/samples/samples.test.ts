import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';
import { mixpanelSamples } from './mixpanel-samples.ts';
import { type Sample, writeSample } from './sample.ts';
import { sentryLegacySamples } from './sentry-legacy-samples.ts';
import { sentrySamples } from './sentry-samples.ts';

const start = inboxesForTests();

async function send(inbox: Inbox, sample: Sample): Promise<{ status: number; text: string }> {
  const { method, path, headers, body } = writeSample(sample);
  const response = await fetch(`${inbox.url}${path}`, {
    method,
    headers: headers as Record<string, string>,
    ...(method === 'POST' && { body: new Uint8Array(body) }),
  });
  return { status: response.status, text: await response.text() };
}

const named = (samples: readonly Sample[]): [string, Sample][] => samples.map((sample) => [sample.name, sample]);

describe.each([
  ['Mixpanel', mixpanelSamples],
  ['Sentry', sentrySamples],
  ['Sentry, without envelopes', sentryLegacySamples],
])('%s:', (_vendor, samples) => {
  it.each(named(samples))('%s is taken, and shown', async (_name, sample) => {
    const inbox = await start();
    const { status, text } = await send(inbox, sample);
    expect(sample.isSuccess(status, text), `${status} ${text}`).toBe(true);
    const [path, list, record] = sample.shown;
    expect((await read(inbox, path))[list]).toContainEqual(expect.objectContaining(shape(record)));
    expect(inbox.rejected()).toEqual([]);
  });
});

/** Parts of a record at any depth. */
function shape(record: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? expect.objectContaining(shape(value)) : value,
    ]),
  );
}

it('events of different SDKs are different issues', async () => {
  const inbox = await start();
  const samples = [...sentrySamples, ...sentryLegacySamples].filter(({ shown }) => shown[1] === 'errors');
  for (const sample of samples) await send(inbox, sample);
  expect(inbox.errors()).toHaveLength(samples.length);
  expect(new Set(inbox.issues().map(({ id }) => id)).size).toBe(samples.length);
});
