import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { startInbox } from '@qr/inbox';
import { expect, it, onTestFinished } from 'vitest';
import { findLeaks, printReport, readRawLog, summarise } from '../scripts/demo/received.mjs';
import { leak, startLossyProxy } from '../scripts/demo/sabotage.mjs';

interface Outcome {
  readonly code: number | null;
  readonly result: {
    readonly ok: boolean;
    readonly sent: Record<string, number>;
    readonly received: Record<string, number>;
    readonly profiles: number;
    readonly issues: readonly { title: string; count: number }[];
    readonly traces: { total: number; crossService: number };
    readonly leaks: number;
  };
}

function runDemo(...args: string[]): Promise<Outcome> {
  const script = join(import.meta.dirname, '../scripts/demo.mjs');
  const child = spawn(process.execPath, [script, '--json', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      try {
        resolve({ code, result: JSON.parse(output.trim().split('\n').at(-1) ?? '') });
      } catch {
        reject(new Error(`The demo printed no result:\n${output}\n${errors}`));
      }
    });
  });
}

it('everything that was sent arrives once, and nothing leaks', async () => {
  const { code, result } = await runDemo();
  expect(result).toMatchObject({
    ok: true,
    leaks: 0,
    profiles: 20,
    issues: [{ title: 'Error: Deliberate error', count: 1 }],
  });
  expect(result.received).toEqual(result.sent);
  expect(result.sent).toMatchObject({ signup_completed: 20, qr_created: 30, qr_scanned: 475, qr_scan_failed: 25 });
  expect(result.traces.crossService).toBeGreaterThan(20);
  expect(code).toBe(0);
});

// The soak run loses and leaks in whole demos.
it('a loss on the way is noticed', async () => {
  const inbox = await startInbox({ environment: 'test', keepRaw: true });
  onTestFinished(() => inbox.close());
  const proxy = await startLossyProxy(inbox.port);
  onTestFinished(() => proxy.close());
  let sent = 0;
  const judge = async () => {
    const scenario = { sent: { logout: sent }, profiles: 0, issues: [], secrets: [] };
    const received = summarise(await readRawLog(inbox.port));
    return printReport({ scenario, received, leaks: [], seconds: 0, json: false, say: () => {} });
  };
  const send = async (origin: string) => {
    sent++;
    const properties = { time: Date.now(), distinct_id: 'user-7', $insert_id: `id-${sent}` };
    const response = await fetch(`${origin}/import?strict=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Basic ${btoa('local-token:')}` },
      body: JSON.stringify([{ event: 'logout', properties }]),
    });
    expect(response.status).toBe(200);
  };
  for (let batch = 0; batch < 4; batch++) await send(inbox.url);
  expect(await judge()).toBe(true);
  for (let batch = 0; batch < 4; batch++) await send(proxy.url);
  expect(await judge()).toBe(false);
});

it('a leak is noticed, encoded or not', async () => {
  const inbox = await startInbox({ environment: 'test', keepRaw: true });
  onTestFinished(() => inbox.close());
  const secret = 'ada.lovelace@mail.example';
  const profile = [{ $token: 'local-token', $distinct_id: 'user-7', $set: { plan: 'free' } }];
  await fetch(`${inbox.url}/engage`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(profile),
  });
  const judge = async () => {
    const requests = await readRawLog(inbox.port);
    const leaks = findLeaks(requests, [secret]);
    const scenario = { sent: {}, profiles: 1, issues: [], secrets: [secret] };
    const ok = printReport({
      scenario,
      received: summarise(requests),
      leaks,
      seconds: 0,
      json: false,
      say: () => {},
    });
    return { ok, leaks };
  };
  expect(await judge()).toEqual({ ok: true, leaks: [] });
  await leak(inbox.port, await readRawLog(inbox.port), secret);
  expect(await judge()).toEqual({ ok: false, leaks: [secret] });
});
