import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

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

it('a loss on the way is noticed', async () => {
  const { code, result } = await runDemo('--sabotage', 'drop');
  expect(code).toBe(1);
  expect(result.ok).toBe(false);
  expect(result.received).not.toEqual(result.sent);
});

it('a leak is noticed, encoded or not', async () => {
  const { code, result } = await runDemo('--sabotage', 'leak');
  expect(code).toBe(1);
  expect(result).toMatchObject({ ok: false, leaks: 1 });
  expect(result.received).toEqual(result.sent);
});
