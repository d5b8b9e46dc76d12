import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { envelope, errorEvent, json, postEnvelope, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function dataFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-issues-'));
  folders.push(folder);
  return join(folder, 'inbox.ndjson');
}

const report = (inbox: Inbox, name = 'scan') =>
  postEnvelope(inbox, envelope({ type: 'event' }, errorEvent('E', 'broken', name)));

function put(inbox: Inbox, id: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${inbox.url}/api/issues/${id}`, { method: 'PUT', headers, body: JSON.stringify(body) });
}

async function onlyIssue(inbox: Inbox): Promise<string> {
  const [issue] = inbox.issues();
  if (issue === undefined) throw new Error('expected an issue, got none');
  return issue.id;
}

describe('PUT /api/issues/:id', () => {
  it('resolves an issue, which comes back as regressed when it happens again', async () => {
    const inbox = await start();
    await report(inbox);
    const id = await onlyIssue(inbox);
    expect(await read(inbox, `/api/issues/${id}`)).toMatchObject({ status: 'unresolved', isRegressed: false });
    expect(await json(await put(inbox, id, { status: 'resolved' }))).toMatchObject({ id, status: 'resolved' });
    expect(await read(inbox, '/api/issues?status=unresolved')).toMatchObject({
      total: 0,
      statuses: { unresolved: 0, resolved: 1, ignored: 0 },
    });
    await report(inbox);
    expect(await read(inbox, '/api/issues?status=unresolved')).toMatchObject({
      total: 1,
      issues: [{ id, status: 'unresolved', isRegressed: true, count: 2 }],
    });
    await put(inbox, id, { status: 'resolved' });
    expect(inbox.issues()).toMatchObject([{ status: 'resolved', isRegressed: false }]);
  });

  it('ignores an issue: it stays out of the unresolved ones, and goes on counting', async () => {
    const inbox = await start();
    await report(inbox);
    await report(inbox, 'other');
    const id = inbox.issues()[1]?.id ?? '';
    await put(inbox, id, { status: 'ignored' });
    await report(inbox);
    const unresolved = await read(inbox, '/api/issues?status=unresolved');
    expect(unresolved).toMatchObject({ total: 1, statuses: { unresolved: 1, resolved: 0, ignored: 1 } });
    expect(await read(inbox, '/api/issues?status=ignored')).toMatchObject({ total: 1, issues: [{ id, count: 2 }] });
    await put(inbox, id, { status: 'unresolved' });
    expect(await read(inbox, '/api/issues?status=unresolved')).toMatchObject({ total: 2 });
  });

  it('keeps statuses over a restart, in a file for its owner alone', async () => {
    const file = await dataFile();
    const first = await start({ dataFile: file });
    await report(first);
    await report(first, 'other');
    const [ignored = '', resolved = ''] = first.issues().map(({ id }) => id);
    await put(first, ignored, { status: 'ignored' });
    await put(first, resolved, { status: 'resolved' });
    await first.close();
    expect((await stat(`${file}.issues.json`)).mode & 0o777).toBe(0o600);
    const second = await start({ dataFile: file });
    expect(second.issues()).toMatchObject([
      { id: ignored, status: 'ignored' },
      { id: resolved, status: 'resolved' },
    ]);
    await report(second);
    expect(second.issues()[0]).toMatchObject({ id: resolved, status: 'unresolved', isRegressed: true });
    await second.close();
    const third = await start({ dataFile: file });
    expect(third.issues()[0]).toMatchObject({ id: resolved, isRegressed: true });
  });

  it('starts with a damaged file, and replaces it with the next change', async () => {
    const file = await dataFile();
    await writeFile(`${file}.issues.json`, '{"a":{"status":"deleted"');
    const inbox = await start({ dataFile: file });
    await report(inbox);
    await put(inbox, await onlyIssue(inbox), { status: 'ignored' });
    await inbox.close();
    expect(Object.values(JSON.parse(await readFile(`${file}.issues.json`, 'utf8')))).toMatchObject([
      { status: 'ignored' },
    ]);
  });

  it.each([
    ['another status', { status: 'deleted' }],
    ['no status', {}],
    ['a list', ['resolved']],
  ])('refuses %s with 400', async (_, body) => {
    const inbox = await start();
    await report(inbox);
    const response = await put(inbox, await onlyIssue(inbox), body);
    expect(response.status).toBe(400);
    expect(inbox.issues()).toMatchObject([{ status: 'unresolved' }]);
  });

  it('answers 404 to an issue that is not there', async () => {
    const inbox = await start();
    const response = await put(inbox, 'unknown', { status: 'resolved' });
    expect(response.status).toBe(404);
    expect(await json(response)).toMatchObject({ message: 'no issue unknown: GET /api/issues lists them' });
  });

  it('shows the status to clients of the vendor', async () => {
    const inbox = await start();
    await report(inbox);
    await report(inbox, 'other');
    await put(inbox, await onlyIssue(inbox), { status: 'resolved' });
    const at = (time: number): string => new Date(time).toISOString();
    const ask = async (query: string): Promise<unknown> => {
      const parameters = { query, start: at(Date.now() - 60_000), end: at(Date.now() + 60_000) };
      return (await fetch(`${inbox.url}/api/0/organizations/o/issues/?${new URLSearchParams(parameters)}`)).json();
    };
    expect(await ask('is:unresolved')).toMatchObject([{ status: 'unresolved' }]);
    expect(await ask('is:resolved')).toMatchObject([{ status: 'resolved' }]);
    expect(await ask('')).toHaveLength(2);
    expect(await ask('is:ignored')).toEqual([]);
  });
});
