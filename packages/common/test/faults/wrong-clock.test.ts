import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readRecords } from '../../../delivery/src/body.ts';
import { closeObservability, flushObservability, initializeMixpanel, trackEvent } from '../../src/index.ts';
import { core } from '../../src/instance.ts';
import { setEnv } from '../start-observed.ts';

const HOUR_MS = 3_600_000;

interface Received {
  readonly properties: { readonly qr_id: string; readonly time: number; readonly $insert_id: string };
}

/** Our clock is so far from the receiver's, which is right. */
async function startWith(offsetMs: number) {
  const realNow = Date.now.bind(Date);
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + offsetMs);
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const bodies: Received[][] = [];
  let answer: RequestListener | undefined;
  const server = createServer(async (request, response) => {
    response.setHeader('date', new Date(realNow()).toUTCString());
    const records = (await readRecords(Buffer.concat(await request.toArray()))) as Received[];
    bodies.push(records);
    if (answer) return answer(request, response);
    response.end(JSON.stringify({ code: 200, num_records_imported: records.length, status: 'OK' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'wrong-clock-'));
  const restore = setEnv({
    NODE_ENV: 'test',
    MIXPANEL_TOKEN: 'test-token',
    MIXPANEL_API_HOST: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    OBSERVABILITY_SPOOL_DIR: folder,
  });
  initializeMixpanel();
  onTestFinished(async () => {
    await closeObservability(500);
    server.closeAllConnections();
    server.close();
    restore();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    bodies,
    realNow,
    /** What was said of the clock. */
    warnings: () => warn.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('clock')),
    answerWith: (listener: RequestListener | undefined) => {
      answer = listener;
    },
  };
}

beforeEach(() => core.warnOnce.reset());

describe.each([
  ['ahead', 7 * HOUR_MS],
  ['behind', -26 * HOUR_MS],
])('a clock that is hours %s', (_, offsetMs) => {
  it('is put right for new events by the first reply of the receiver, and said once', async () => {
    const { bodies, realNow, warnings, answerWith } = await startWith(offsetMs);
    trackEvent('qr_scanned', 'u1', { qr_id: '0' });
    answerWith((_request, response) => response.writeHead(503).end('{}'));
    await flushObservability();
    // No genuine reply: a proxy may have its own time.
    trackEvent('qr_scanned', 'u1', { qr_id: '1' });
    answerWith(undefined);
    await flushObservability();
    const before = realNow();
    trackEvent('qr_scanned', 'u1', { qr_id: '2' });
    await flushObservability();
    trackEvent('qr_scanned', 'u1', { qr_id: '3' });
    await flushObservability();

    const records = bodies.flat();
    const timesOf = (id: string) => records.filter((r) => r.properties.qr_id === id).map((r) => r.properties.time);
    for (const id of ['0', '1'])
      for (const time of timesOf(id)) expect(Math.abs(time - before - offsetMs)).toBeLessThan(60_000);
    for (const id of ['2', '3']) for (const time of timesOf(id)) expect(Math.abs(time - before)).toBeLessThan(60_000);
    // A record that was sent never changes.
    expect(timesOf('0').length).toBeGreaterThan(1);
    expect(new Set(records.filter((r) => r.properties.qr_id === '0').map((r) => JSON.stringify(r))).size).toBe(1);
    expect(warnings()).toEqual([expect.stringContaining('set the clock')]);
  });
});

it.each([
  ['a page of a captive portal', 200, '<html>Log in</html>'],
  ['a proxy', 502, ''],
  ['a proxy with a limit', 413, '<h1>Too large</h1>'],
])('%s does not set the clock', async (_, status, body) => {
  const { bodies, warnings, answerWith, realNow } = await startWith(0);
  answerWith((_request, response) => {
    response.writeHead(status, { date: new Date(realNow() - 9 * HOUR_MS).toUTCString() }).end(body);
  });
  trackEvent('qr_scanned', 'u1', { qr_id: '0' });
  await flushObservability();
  answerWith(undefined);
  trackEvent('qr_scanned', 'u1', { qr_id: '1' });
  await flushObservability();
  for (const { properties } of bodies.flat()) expect(Math.abs(properties.time - realNow())).toBeLessThan(60_000);
  expect(warnings()).toEqual([]);
});
