import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { envelope, postEnvelope } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

function report(
  inbox: Inbox,
  body: unknown,
  type = 'application/csp-report',
  path = '/api/1/security/',
): Promise<Response> {
  return fetch(`${inbox.url}${path}?sentry_key=k`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const csp = (directive: string, blocked: string, page = 'https://shop.example/'): object => ({
  'csp-report': { 'document-uri': page, 'effective-directive': directive, 'blocked-uri': blocked },
});

describe('reports of a content security policy', () => {
  it('are one issue for each directive and host', async () => {
    const inbox = await start();
    await report(inbox, csp('script-src', 'https://evil.example/a.js'));
    await report(inbox, csp('script-src', 'https://evil.example/b.js', 'https://shop.example/cart'));
    await report(inbox, csp('img-src', 'https://evil.example/a.png'));
    await report(inbox, csp('script-src', 'https://other.example/a.js'));
    expect(inbox.issues().map(({ title, count }) => [title, count])).toEqual([
      ["Blocked 'script' from 'other.example'", 1],
      ["Blocked 'image' from 'evil.example'", 1],
      ["Blocked 'script' from 'evil.example'", 2],
    ]);
  });

  it.each([
    ['inline', "Blocked unsafe inline 'script'"],
    ['eval', "Blocked unsafe inline 'script'"],
    ['data', "Blocked 'script' from 'data'"],
    ['blob:https://shop.example/1', "Blocked 'script' from 'blob:'"],
  ])('of %s say so', async (blocked, title) => {
    const inbox = await start();
    await report(inbox, csp('script-src', blocked));
    expect(inbox.errors()).toMatchObject([{ type: 'Message', value: title }]);
  });

  it('may come as an item of an envelope', async () => {
    const inbox = await start();
    await postEnvelope(
      inbox,
      envelope({ type: 'raw_security', sentry_release: '2.0' }, csp('font-src', 'https://f.example')),
    );
    expect(inbox.errors()).toMatchObject([{ value: "Blocked 'font' from 'f.example'", event: { release: '2.0' } }]);
  });
});

describe('a security report', () => {
  it.each(['text/html', 'image/png', 'application/jsonx'])('of type %s is answered with 415', async (type) => {
    const inbox = await start();
    expect((await report(inbox, csp('a', 'b'), type)).status).toBe(415);
    expect(inbox.errors()).toEqual([]);
  });

  it.each([
    ['that is no JSON', 'hello'],
    ['of no known kind', { hello: 1 }],
    ['with more than 100 reports', Array(101).fill({ type: 'csp-violation', body: {} })],
  ])('%s is accepted, dropped, and shown as rejected', async (_what, body) => {
    const inbox = await start();
    expect((await report(inbox, body)).status).toBe(200);
    expect(inbox.errors()).toEqual([]);
    expect(inbox.rejected()).toMatchObject([{ endpoint: 'security', field: 'body' }]);
  });

  it('without a key is refused', async () => {
    const inbox = await start();
    const response = await fetch(`${inbox.url}/api/1/security/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(csp('a', 'b')),
    });
    expect(response.status).toBe(403);
  });
});

describe('a minidump', () => {
  const send = async (inbox: Inbox, form: FormData | Uint8Array<ArrayBuffer>): Promise<Response> =>
    fetch(`${inbox.url}/api/1/minidump/?sentry_key=k`, { method: 'POST', body: form });
  const dump = new Blob(['MDMP\u0001\u0002']);

  it('is an error with its files, and the fields of the form', async () => {
    const inbox = await start();
    const form = new FormData();
    form.append('sentry[release]', 'game@1.0');
    form.append('sentry[environment]', 'staging');
    form.append('upload_file_minidump', dump, 'a.dmp');
    form.append('log', new Blob(['text']), 'log.txt');
    expect((await send(inbox, form)).status).toBe(200);
    expect(inbox.errors()).toMatchObject([
      { type: 'Minidump', level: 'fatal', event: { release: 'game@1.0', environment: 'staging' } },
    ]);
    expect(inbox.items('attachment').map(({ bytes }) => bytes)).toEqual([6, 4]);
  });

  it('may be the whole body', async () => {
    const inbox = await start();
    expect((await send(inbox, new Uint8Array(Buffer.from('MDMP...')))).status).toBe(200);
    expect(inbox.errors()).toMatchObject([{ type: 'Minidump' }]);
  });

  it.each<[string, (form: FormData) => void]>([
    ['missing', (form) => form.append('other', dump)],
    ['none', (form) => form.append('upload_file_minidump', new Blob(['hello']))],
  ])('that is %s is refused', async (_what, fill) => {
    const inbox = await start();
    const form = new FormData();
    fill(form);
    const response = await send(inbox, form);
    expect(response.status).toBe(400);
    expect(inbox.errors()).toEqual([]);
  });
});

describe('a check-in by a plain request', () => {
  it('takes its status from the query or the body, and its key from the path', async () => {
    const inbox = await start();
    const ok = await fetch(`${inbox.url}/api/1/cron/nightly/public/?status=in_progress&check_in_id=a`);
    const body = JSON.stringify({ status: 'error', monitor_config: {} });
    const failed = await fetch(`${inbox.url}/api/1/cron/nightly?sentry_key=public`, { method: 'POST', body });
    expect([ok.status, failed.status]).toEqual([202, 202]);
    expect(inbox.items('check_in').map(({ payload }) => payload)).toMatchObject([
      { monitor_slug: 'nightly', status: 'in_progress', check_in_id: 'a' },
      { monitor_slug: 'nightly', status: 'error' },
    ]);
  });

  it.each(['', '?status=fine', '?status=ok&status=ok'])('with the query "%s" is refused', async (query) => {
    const inbox = await start();
    expect((await fetch(`${inbox.url}/api/1/cron/nightly/public/${query}`)).status).toBe(400);
  });
});
