import { startInbox } from '@qr/inbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  captureException,
  closeObservability,
  flushObservability,
  forgetUser,
  getMixpanel,
  identifyUser,
  initializeMixpanel,
  initializeSentry,
  observabilityStats,
  setUserContext,
  trackEvent,
  trackRevenue,
  withJobContext,
} from '../../src/index.ts';
import { setEnv } from '../start-observed.ts';
import { temporaryRoot, textBelow } from './lab.ts';

/** Everything that a caller can do that names a person. */
const ways: Readonly<Record<string, (id: string) => void>> = {
  'as the user of an event': (id) => trackEvent('qr_scanned', id, { qr_id: 'q' }),
  'as the owner of a code': (id) => trackEvent('qr_scanned', 'visitor-1', { qr_id: 'q', qr_owner_id: id }),
  'as a device': (id) => trackEvent('qr_scanned', `$device:${id}`, { qr_id: 'q' }),
  'as the user of a profile': (id) => identifyUser(id, { plan: 'pro' }),
  'as the anonymous id of another': (id) => identifyUser('visitor-2', { plan: 'pro' }, { anonymousId: id }),
  'as the prefixed anonymous id of another': (id) =>
    identifyUser('visitor-3', { plan: 'pro' }, { anonymousId: `$device:${id}` }),
  'as the source of revenue': (id) => trackRevenue(id, 5, { currency: 'EUR' }),
  'with the official client': (id) => getMixpanel()?.track('qr_scanned', { distinct_id: id, qr_id: 'q' }),
  'with the official client, by user id': (id) => getMixpanel()?.track('qr_scanned', { $user_id: id, qr_id: 'q' }),
  'with the official client, by device id': (id) =>
    getMixpanel()?.track('qr_scanned', { $user_id: 'visitor-4', $device_id: id, qr_id: 'q' }),
  'with the official client, as the owner': (id) =>
    getMixpanel()?.track('qr_scanned', { distinct_id: 'visitor-5', qr_owner_id: id, qr_id: 'q' }),
  'with the official client, in a batch': (id) =>
    getMixpanel()?.track_batch([{ event: 'qr_scanned', properties: { distinct_id: id, qr_id: 'q' } }]),
  'with the official client, imported': (id) =>
    getMixpanel()?.import('qr_scanned', new Date(), { distinct_id: id, qr_id: 'q' }),
  'with the official client, as an alias': (id) => getMixpanel()?.alias('visitor-6', id),
  'with the official client, as what gets an alias': (id) => getMixpanel()?.alias(id, 'visitor-7'),
  'with the official client, as a profile': (id) => getMixpanel()?.people.set(id, { plan: 'pro' }),
};

async function start(root: string) {
  const inbox = await startInbox({ keepRaw: true });
  const restore = setEnv({
    NODE_ENV: 'test',
    MIXPANEL_API_HOST: inbox.url,
    MIXPANEL_TOKEN: 'test-token',
    SENTRY_DSN: inbox.dsn('1'),
    SENTRY_ERROR_BUDGET_PER_MONTH: '0',
    OBSERVABILITY_SPOOL_DIR: root,
  });
  initializeMixpanel();
  initializeSentry('erasing-service');
  onTestFinished(async () => {
    await closeObservability();
    await inbox.close();
    restore();
  });
  return inbox;
}

type Started = Awaited<ReturnType<typeof start>>;
/** What the inbox was sent that names somebody, without the request to delete them. */
const sentOf = (inbox: Started, id: string) =>
  inbox
    .raw()
    .map(({ body }) => String(body))
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes(`"${id}"`) && !line.includes('"$delete"'));

describe('an erased person', () => {
  it.each(Object.entries(ways))('is refused %s', async (_, name) => {
    const inbox = await start(temporaryRoot());
    forgetUser('somebody-17');
    name('somebody-17');
    trackEvent('qr_scanned', 'another', { qr_id: 'q' });
    await flushObservability();
    expect(sentOf(inbox, 'somebody-17')).toEqual([]);
    expect(JSON.stringify(inbox.events())).toContain('another');
  });

  it.each(Object.entries(ways))('is removed from what waits %s', async (_, name) => {
    const root = temporaryRoot();
    const inbox = await start(root);
    inbox.faults.add({ fault: { kind: 'status', status: 503 } });
    name('somebody-17');
    trackEvent('qr_scanned', 'another', { qr_id: 'q' });
    await flushObservability();
    inbox.clear();
    forgetUser('somebody-17');
    await flushObservability();
    inbox.faults.clear();
    await flushObservability();
    await flushObservability();
    expect(sentOf(inbox, 'somebody-17')).toEqual([]);
    expect(JSON.stringify(inbox.events())).toContain('another');
    expect(textBelow(root)).not.toContain('somebody-17');
  });

  it('with a number as id is refused however it is given', async () => {
    const inbox = await start(temporaryRoot());
    const number = 1_234_567 as unknown as string;
    forgetUser(number);
    trackEvent('qr_scanned', number, { qr_id: 'q' });
    trackEvent('qr_scanned', '1234567', { qr_id: 'q' });
    trackEvent('qr_scanned', 'another', { qr_id: 'q', qr_owner_id: number });
    getMixpanel()?.track('qr_scanned', { distinct_id: 1_234_567, qr_id: 'q' });
    identifyUser(number, { plan: 'pro' });
    await flushObservability();
    expect(sentOf(inbox, '1234567')).toEqual([]);
    expect(JSON.stringify(inbox.events())).not.toContain('1234567');
    expect(observabilityStats().lanes.import?.dropped['forgotten']).toBe(4);
  });

  it('is not in errors, waiting or future, as a text or a number', async () => {
    const root = temporaryRoot();
    const inbox = await start(root);
    inbox.faults.add({ fault: { kind: 'status', status: 503 } });
    const fail = (id: unknown) =>
      withJobContext({ name: 'nightly' }, () => {
        setUserContext({ id: id as string });
        captureException(new Error('failed'), { user_id: id });
      });
    fail('somebody-17');
    fail(1_234_567);
    await flushObservability();
    forgetUser('somebody-17');
    forgetUser(1_234_567 as unknown as string);
    await flushObservability();
    inbox.faults.clear();
    fail('somebody-17');
    fail(1_234_567);
    await flushObservability();
    await flushObservability();
    expect(inbox.errors()).toHaveLength(4);
    // Without the lines of this file that the stack trace quotes.
    const said = inbox.errors().map(({ event: { exception: _exception, ...rest } }) => rest);
    expect(JSON.stringify(said)).not.toMatch(/somebody-17|1234567/);
    expect(JSON.stringify(said)).toContain('nightly');
  });

  it('whose id is odd is found, whatever JSON makes of it', async () => {
    const inbox = await start(temporaryRoot());
    const ids = ['a"b', 'a\\b', 'ü-17', 'line\nbreak', '  spaced', '👩‍🚀-1', 'x'.repeat(255)];
    for (const id of ids) forgetUser(id);
    for (const id of ids) trackEvent('qr_scanned', id, { qr_id: 'q' });
    for (const id of ids) trackEvent('qr_scanned', 'another', { qr_id: 'q', qr_owner_id: id });
    await flushObservability();
    expect(inbox.events()).toEqual([]);
  });
});
