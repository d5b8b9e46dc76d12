import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { goodEvent } from '../requests.ts';
import { mixpanelSamples } from '../samples/mixpanel-samples.ts';
import type { WrittenRequest } from '../samples/sample.ts';
import { sentryLegacySamples } from '../samples/sentry-legacy-samples.ts';
import { sentrySamples } from '../samples/sentry-samples.ts';
import { type FuzzedInbox, startFuzzedInbox } from './fuzzed-inbox.ts';
import { mutatedRequest } from './mutated-request.ts';
import { oddAddress } from './odd-address.ts';

/** What came of sending many odd bodies. */
export interface FuzzResult {
  readonly seed: number;
  readonly bodies: number;
  readonly reads: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** The smallest request that went wrong, and how; undefined when none did. */
  readonly failure: string | undefined;
}

/** Bodies between two clean starts: odd records meet each other, and a failure is still easy to find. */
const BODIES_PER_ROUND = 2;
const QUESTIONS_PER_ROUND = 4;
export const SAMPLES = [...mixpanelSamples, ...sentrySamples, ...sentryLegacySamples];

/**
 * Sends `bodies` odd requests over both protocols. Every answer must be below 500, and so must every read of the JSON API
 * after each of them. After every second one the API is asked odd questions, and a good record must be taken and shown.
 */
export async function fuzz(seed: number, bodies: number): Promise<FuzzResult> {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-fuzz-'));
  await writeSourceMaps(folder);
  const inbox = await startFuzzedInbox(folder);
  const counts = { bodies: 0, reads: 0, statuses: {} as Record<string, number> };
  const round = fc.array(mutatedRequest(SAMPLES), { minLength: BODIES_PER_ROUND, maxLength: BODIES_PER_ROUND });
  const questions = fc.array(oddAddress(inbox.routes), {
    minLength: QUESTIONS_PER_ROUND,
    maxLength: QUESTIONS_PER_ROUND,
  });
  const property = fc.asyncProperty(round, questions, async (requests, addresses) => {
    await inbox.send({ method: 'DELETE', path: '/api/data', headers: {}, body: Buffer.alloc(0) });
    for (const request of requests) {
      const status = await inbox.send(request);
      counts.bodies += 1;
      counts.statuses[status] = (counts.statuses[status] ?? 0) + 1;
      if (status >= 500) throw new Error(`${request.method} ${request.path} answered ${status}`);
      counts.reads += await inbox.readAll();
    }
    for (const address of addresses) await inbox.read(address);
    counts.reads += addresses.length;
    await checkGoodRecords(inbox);
    inbox.checkStream();
  });
  const result = await fc.check(property, { seed, numRuns: Math.ceil(bodies / BODIES_PER_ROUND) });
  await inbox.close();
  await rm(folder, { recursive: true });
  return { seed, ...counts, failure: result.failed ? describe(result) : undefined };
}

/** Maps of the scripts that the samples name. */
async function writeSourceMaps(folder: string): Promise<void> {
  const map = {
    version: 3,
    sources: ['../src/a.ts'],
    sourcesContent: ['one\ntwo\n'],
    names: ['f'],
    mappings: 'AAAAA;AACA',
  };
  await mkdir(join(folder, 'assets'));
  for (const script of ['app.js', 'assets/index-a1b2c3d4.js']) {
    await writeFile(join(folder, `${script}.map`), JSON.stringify(map));
  }
}

async function checkGoodRecords(inbox: FuzzedInbox): Promise<void> {
  const id = crypto.randomUUID();
  const json = { 'content-type': 'application/json' };
  const event = goodEvent({ distinct_id: id });
  await inbox.send({ method: 'POST', path: '/track', headers: json, body: Buffer.from(JSON.stringify([event])) });
  const path = '/api/1/envelope/?sentry_key=public&sentry_version=7';
  await inbox.send({
    method: 'POST',
    path,
    headers: {},
    body: Buffer.from(`{}\n{"type":"event"}\n{"message":"${id}"}`),
  });
  const { body: events } = await inbox.read(`/api/events?distinct_id=${id}`);
  if (JSON.parse(events).total !== 1) throw new Error('a good event was not taken afterwards');
  const { body: errors } = await inbox.read('/api/errors');
  if (JSON.parse(errors).errors[0]?.value !== id) throw new Error('a good error was not shown afterwards');
}

function describe({
  counterexample,
  errorInstance,
  counterexamplePath,
  seed,
}: fc.RunDetails<[WrittenRequest[], string[]]>): string {
  const requests = (counterexample?.[0] ?? []).map(({ method, path, headers, body }) =>
    [`${method} ${path.slice(0, 500)}`, JSON.stringify(headers), body.toString('base64').slice(0, 4000)].join('\n'),
  );
  const error = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return [`seed ${seed}, path ${counterexamplePath}: ${error}`, ...requests, ...(counterexample?.[1] ?? [])].join(
    '\n\n',
  );
}
