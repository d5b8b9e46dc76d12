import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Inbox, startInbox } from '@qr/inbox';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

const examples = join(import.meta.dirname, '..');
let inbox: Inbox;
/** Of the spool: what one test has left would be in the next one. */
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qr-observability-examples-'));
  inbox = await startInbox();
});
afterEach(async () => {
  await inbox.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts an example from source. */
function run(name: string, args: readonly string[] = []) {
  const loader = ['--import', join(examples, 'typescript.mjs'), '--conditions=@qr/source'];
  const child = spawn(process.execPath, [...loader, join(examples, `src/${name}.ts`), ...args], {
    cwd: folder,
    env: {
      ...process.env,
      NODE_ENV: 'development',
      PORT: '0',
      MIXPANEL_TOKEN: 'bookshop-token',
      MIXPANEL_API_HOST: inbox.url,
      SENTRY_DSN: inbox.dsn('1'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  return { child, line: once(lines, 'line').then(([line]) => String(line)), exited: once(child, 'exit') };
}

/** Expects the event of one order and the error of another, with user, route and trace. */
async function expectOrders(route: string): Promise<void> {
  await inbox.waitFor(() => inbox.events().length === 1 && inbox.errors().length === 1, 30_000);
  const [sold] = inbox.events();
  expect(sold?.event).toBe('book_sold');
  expect(sold?.properties).toMatchObject({ distinct_id: 'customer-1', isbn: '9780306406157', price: 12.5 });
  expect(sold?.properties['trace_id']).toMatch(/^[0-9a-f]{32}$/);
  const [failed] = inbox.errors();
  expect(failed?.event).toMatchObject({
    transaction: route,
    user: { id: 'customer-1' },
    exception: { values: [{ value: 'The book is out of print' }] },
    contexts: { trace: { trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) } },
  });
}

describe.each(['express', 'fastify'])('the %s example', (name) => {
  it('gives each request its user, route and trace, continues the trace of the caller, and sends everything at the end', async () => {
    const { child, line, exited } = run(name);
    const url = await line;
    const traceId = 'a'.repeat(32);
    const headers = { 'x-customer': 'customer-1', 'sentry-trace': `${traceId}-${'b'.repeat(16)}-1` };
    const order = (isbn: string) => fetch(`${url}/orders/${isbn}`, { method: 'POST', headers });
    expect((await order('9780306406157')).status).toBe(201);
    const failure = await order('out-of-print');
    expect(failure.status).toBe(500);
    const { errorId } = (await failure.json()) as { errorId: string };
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await expectOrders('POST /orders/:isbn');
    expect(inbox.events()[0]?.properties['trace_id']).toBe(traceId);
    expect(inbox.errors()[0]?.event).toMatchObject({ event_id: errorId, contexts: { trace: { trace_id: traceId } } });
  });
});

it('the worker thread gives each job its own context, and sends everything before it ends', async () => {
  const { exited } = run('worker-thread', ['9780306406157', 'out-of-print']);
  expect(await exited).toEqual([0, null]);
  await expectOrders('QUEUE orders');
});

it('the script reports why it failed, sends everything, and exits with 1', async () => {
  const { exited } = run('script', ['9780306406157', 'out-of-print']);
  expect(await exited).toEqual([1, null]);
  await expectOrders('CRON preorders');
});

it('the Lambda handler sends what it records, and answers', async () => {
  const event = (isbn: string) =>
    JSON.stringify({
      routeKey: 'POST /orders/{isbn}',
      rawPath: `/orders/${isbn}`,
      headers: { 'x-customer': 'customer-1' },
      pathParameters: { isbn },
      requestContext: { http: { method: 'POST', sourceIp: '203.0.113.1' } },
    });
  const { line, exited } = run('lambda', [event('9780306406157'), event('out-of-print')]);
  expect(JSON.parse(await line)).toMatchObject({ statusCode: 201 });
  expect(await exited).toEqual([0, null]);
  await expectOrders('POST /orders/{isbn}');
});
