import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startInbox } from '../../src/index.ts';
import type { RunningPlatform } from '../../src/platforms/running-platforms.ts';
import type { StoredLog } from '../../src/store/records.ts';
import { readOptions } from '../../src/tail/options.ts';
import { lineOf, tail } from '../../src/tail/tail.ts';
import { container, envelope, goodEvent, post, postEnvelope } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const ends: AbortController[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end.abort();
});

/** Follows an inbox; what it prints grows. */
function follow(url: string, args: readonly string[] = []) {
  const lines: string[] = [];
  const notes: string[] = [];
  const end = new AbortController();
  ends.push(end);
  const options = readOptions([...args, '--url', url], {});
  const terminal = {
    hasColors: false,
    out: (line: string) => lines.push(line),
    note: (line: string) => notes.push(line),
  };
  return { lines, notes, done: tail(options, terminal, end.signal) };
}

describe('inbox:tail', () => {
  it('prints what is there, then each arrival, one line each', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({ distinct_id: 'u-1', service: 'auth-service', plan: 'free' }, 'before')]);
    const { lines } = follow(inbox.url);
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}event {5}before {2}plan=free {2}auth-service {2}u-1$/);
    await postEnvelope(
      inbox,
      envelope({ type: 'event' }, { exception: { values: [{ type: 'TypeError', value: 'no such code' }] } }),
    );
    await postEnvelope(inbox, container('log', [{ body: 'slow', level: 'warn' }]));
    await vi.waitFor(() => expect(lines).toHaveLength(3));
    expect(lines[1]).toContain('error     TypeError: no such code');
    expect(lines[2]).toContain('log       slow');
  });

  it('names a resource by its path, and prints no negative duration', async () => {
    const inbox = await start();
    const attributes = {
      'sentry.op': { type: 'string', value: 'resource.script' },
      'url.full': { type: 'string', value: 'http://localhost:3000/assets/a.js' },
    };
    const times = { start_timestamp: 20, end_timestamp: 11 };
    await postEnvelope(
      inbox,
      container('span', [{ trace_id: 'a'.repeat(32), name: 'localhost', attributes, ...times }]),
    );
    const { lines } = follow(inbox.url);
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toContain('/assets/a.js  0.0 ms');
  });

  it.each([
    [['--kind', 'error'], ['error']],
    [['--kind', 'error', '--kind', 'event', '--text', 'WANTED'], ['event']],
    [['--user', 'u-2'], ['event']],
    [['--service', 'qr-service'], ['event']],
    [['--trace', 'f'.repeat(32)], ['event']],
    [['--service', 'qr-service', '--user', 'u-1'], []],
  ])('prints with %j what was asked for', async (args, kinds) => {
    const inbox = await start();
    const wanted = { distinct_id: 'u-2', service: 'qr-service', trace_id: 'f'.repeat(32), note: 'wanted' };
    await post(inbox, '/import', [goodEvent({ distinct_id: 'u-1' }, 'one'), goodEvent(wanted, 'two')]);
    await postEnvelope(inbox, envelope({ type: 'event' }, { message: 'm' }));
    const { lines } = follow(inbox.url, [...args, '--json']);
    const all = follow(inbox.url);
    await vi.waitFor(() => expect(all.lines).toHaveLength(3));
    await vi.waitFor(() => expect(lines.map((line) => JSON.parse(line).kind)).toEqual(kinds));
  });

  it('prints with --new only what arrives from then on', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({}, 'before')]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { lines } = follow(inbox.url, ['--new']);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await post(inbox, '/import', [goodEvent({}, 'after')]);
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toContain('after');
  });

  it('waits for an inbox that goes away, and prints nothing twice', async () => {
    const first = await startInbox({ environment: 'test' });
    const { lines, notes } = follow(first.url);
    await post(first, '/import', [goodEvent({}, 'one')]);
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    await first.close();
    await vi.waitFor(() => expect(notes.join()).toContain('waiting for it to come back'));
    const second = await startInbox({ environment: 'test', port: Number(new URL(first.url).port) });
    await post(second, '/import', [goodEvent({}, 'two')]);
    await vi.waitFor(() => expect(lines).toHaveLength(2), 5000);
    expect(lines[1]).toContain('two');
    await second.close();
  });

  it('says what to do when there is no inbox, or something else', async () => {
    await expect(follow('http://127.0.0.1:9').done).rejects.toThrow(
      'No inbox answers at http://127.0.0.1:9: start one with npm start',
    );
    const other = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    await expect(follow(url).done).rejects.toThrow(`What answers at ${url} is no inbox`);
    other.close();
  });

  it.each([
    [['--kind', 'events'], '--kind must be one of event, profile'],
    [['--knd', 'event'], "unknown option '--knd'\n(Did you mean --kind?)"],
    [['--kind'], "option '--kind <kind>' argument missing"],
    [['event'], 'too many arguments'],
    [['--url', 'localhost:4600'], '--url must be an address'],
    [['--nonsense'], '--nonsense'],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(message);
  });

  it('follows the platform that runs, and says which of several', () => {
    const platform = (pid: number, inbox: string): RunningPlatform => ({
      ...{ pid, command: 'npm start', startedAt: '2026-11-20T12:00:00.000Z', dataDir: '/data' },
      variables: { INBOX_URL: inbox },
    });
    const [first, second] = [platform(1, 'http://127.0.0.1:43600'), platform(2, 'http://127.0.0.1:43700')];
    expect(readOptions([], {})).toMatchObject({ url: 'http://127.0.0.1:4600', note: undefined });
    expect(readOptions([], {}, [first])).toMatchObject({ url: 'http://127.0.0.1:43600', note: undefined });
    const { url, note } = readOptions([], {}, [first, second]);
    expect(url).toBe('http://127.0.0.1:43600');
    expect(note).toBe(
      [
        '2 platforms run:',
        '  npm start (pid 1, inbox http://127.0.0.1:43600)',
        '  npm start (pid 2, inbox http://127.0.0.1:43700)',
        'This follows the first, which was started last; --url follows another.',
      ].join('\n'),
    );
    const named = 'http://127.0.0.1:9999';
    expect(readOptions([], { INBOX_URL: named }, [first, second])).toMatchObject({ url: named, note: undefined });
    expect(readOptions(['--url', named], {}, [first, second])).toMatchObject({ url: named, note: undefined });
  });

  it('lets no value move the cursor or break the line', () => {
    const record: StoredLog = {
      ...({
        kind: 'log',
        id: 1,
        receivedAt: 0,
        project: '1',
        level: 'warn',
        time: 0,
        traceId: null,
        userId: null,
      } as const),
      body: 'one\u001b[2Jtwo\nthree\u202efour',
      attributes: {},
    };
    expect(lineOf(record, { utc: true, hasColors: false })).toBe('00:00:00.000  log       one [2Jtwo three four  warn');
    expect(lineOf(record, { utc: true, hasColors: true })).toContain('\u001b[');
  });

  it('is a program that ends with 0 on Ctrl-C and with 2 on a wrong option', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({}, 'seen')]);
    const program = join(import.meta.dirname, '../../src/tail/main.ts');
    const run = (...args: string[]) => {
      const child = spawn(process.execPath, ['--conditions=@qr/source', '--import', 'tsx', program, ...args], {
        stdio: 'pipe',
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
      return { child, output: () => output, exit: once(child, 'exit') };
    };
    const following = run('--url', inbox.url);
    await vi.waitFor(() => expect(following.output()).toContain('seen'), 20_000);
    following.child.kill('SIGINT');
    expect((await following.exit)[0]).toBe(0);
    const wrong = run('--kind', 'x');
    expect((await wrong.exit)[0]).toBe(2);
    expect(wrong.output()).toContain('--kind must be one of');
    for (const flag of ['--help', '-h']) {
      const help = run(flag);
      expect((await help.exit)[0]).toBe(0);
      expect(help.output()).toMatch(/^Usage: npm run inbox:tail -- \[options\]/);
    }
  });
});
