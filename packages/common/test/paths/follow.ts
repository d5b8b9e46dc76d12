// Follows one event and one error from the call to the receiver's answer. Prints, as JSON, the source files of which a function ran meanwhile.
import { Session } from 'node:inspector/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { closeObservability, initializeMixpanel, initializeSentry, observabilityStats, trackEvent } from '@qr/common';
import { buildServer } from '@qr/common/server';

initializeSentry('paths-test');
initializeMixpanel('token1');
const app = buildServer({ handleSignals: false, logger: false });
app.get('/fail/:number', async (request) => {
  throw new Error(`broken by ${(request.params as { number: string }).number}`);
});

const session = new Session();
session.connect();
await session.post('Profiler.enable');

async function delivered(lane: 'import' | 'sentry', act: () => unknown): Promise<void> {
  const before = observabilityStats().lanes[lane]?.delivered ?? 0;
  await act();
  const deadline = Date.now() + 60_000;
  while ((observabilityStats().lanes[lane]?.delivered ?? 0) === before) {
    if (Date.now() > deadline) throw new Error(`nothing was delivered by the lane ${lane}`);
    await wait(20);
  }
}

/** Returns the functions that run meanwhile, by file and place. */
async function runBy(act: () => unknown): Promise<ReadonlyMap<string, string>> {
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  await session.post('Profiler.takePreciseCoverage');
  await act();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  await session.post('Profiler.stopPreciseCoverage');
  const functions = result.flatMap(({ url, functions }) => {
    const [, file] = /\/(packages\/\w+\/src\/[^?]*\.ts)/.exec(url) ?? [];
    // The loader adds `__name`.
    const ran = functions.filter(
      ({ functionName, ranges }) => functionName !== '__name' && (ranges[0]?.count ?? 0) > 0,
    );
    return file === undefined ? [] : ran.map(({ ranges }) => [`${file} ${ranges[0]?.startOffset}`, file] as const);
  });
  return new Map(functions);
}

const event = (id: string) => trackEvent('qr_created', 'user-1', { qr_id: id, qr_type: 'url' });
// What happens once: connections, caches, the first number of a sequence.
await delivered('import', () => event('code-1'));
await delivered('sentry', () => app.inject('/fail/1'));
const statistics = await runBy(() => observabilityStats());
const follow = async (lane: 'import' | 'sentry', act: () => unknown) => {
  const ran = await runBy(() => delivered(lane, act));
  return [...new Set([...ran].flatMap(([place, file]) => (statistics.has(place) ? [] : [file])))];
};
const paths = {
  event: await follow('import', () => event('code-2')),
  error: await follow('sentry', () => app.inject('/fail/2')),
};
console.log(JSON.stringify(paths));
await app.close();
await closeObservability();
