import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { envelope, postEnvelope, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const ID = 'f'.repeat(32);
let outside: string;
let root: string;

beforeAll(async () => {
  outside = await realpath(await mkdtemp(join(tmpdir(), 'inbox-editor-')));
  root = join(outside, 'application');
  await mkdir(join(root, 'src/a b'), { recursive: true });
  await mkdir(join(outside, 'application-2'));
  for (const file of ['application/src/app.ts', 'application/src/a b/c#d%3a.ts', 'secret.txt', 'application-2/near.ts'])
    await writeFile(join(outside, file), 'text');
  await symlink(join(outside, 'secret.txt'), join(root, 'src/link.ts'));
  await symlink(outside, join(root, 'up'));
});
afterAll(() => rm(outside, { recursive: true }));

async function linkOf(frame: object, editor?: string): Promise<string | null | undefined> {
  const inbox = await start({ editor: { root, editor } });
  const event = { exception: { values: [{ type: 'E', stacktrace: { frames: [frame] } }] } };
  await postEnvelope(inbox, envelope({ type: 'event' }, event, { event_id: ID }));
  const { exceptions } = await read(inbox, `/api/errors/${ID}`);
  return (exceptions as { frames: { editorUrl: string | null }[] }[])[0]?.frames[0]?.editorUrl;
}

describe('links to an editor', () => {
  it('open files below the root at their line and column', async () => {
    const link = `vscode://file${root}/src/app.ts:7:3`;
    expect(await linkOf({ filename: 'src/app.ts', lineno: 7, colno: 3 })).toBe(link);
    expect(await linkOf({ filename: 'app:///src/app.ts', lineno: 7, colno: 3 })).toBe(link);
    expect(await linkOf({ filename: join(root, 'src/app.ts'), lineno: 7, colno: 3 })).toBe(link);
    expect(await linkOf({ filename: pathToFileURL(join(root, 'src/app.ts')).href, lineno: 7, colno: 3 })).toBe(link);
    expect(await linkOf({ filename: 'app.ts', abs_path: join(root, 'src/app.ts'), lineno: 7, colno: 3 })).toBe(link);
  });

  it.each([
    [{ filename: 'src/app.ts' }, '/src/app.ts:1:1'],
    [{ filename: 'src/app.ts', lineno: -1, colno: 'x' }, '/src/app.ts:1:1'],
    [{ filename: 'src/app.ts', lineno: 1e99, colno: '9&x=1' }, '/src/app.ts:1:1'],
    [{ filename: 'src/a b/c#d%3a.ts', lineno: 2, colno: 1 }, '/src/a%20b/c%23d%253a.ts:2:1'],
  ])('hold nothing of %j that is no place', async (frame, end) => {
    expect(await linkOf(frame)).toBe(`vscode://file${root}${end}`);
  });

  it.each([
    ['../secret.txt'],
    ['src/../../secret.txt'],
    ['src/link.ts'],
    ['up/secret.txt'],
    ['../application-2/near.ts'],
    ['/etc/passwd'],
    ['file:///etc/passwd'],
    ['file://evil.example/src/app.ts'],
    ['app:///../secret.txt'],
    ['https://evil.example/src/app.ts'],
    ['javascript:alert(1)//src/app.ts'],
    ['vscode://file/etc/passwd'],
    ['src/missing.ts'],
    ['src'],
    [''],
    ['.'],
    ['src/app.ts\0.png'],
    [`${'a/'.repeat(5000)}app.ts`],
    ['src/app.ts:1:1&command=x'],
  ])('are not made from %s', async (name) => {
    expect(await linkOf({ filename: name, lineno: 1, colno: 1 })).toBeNull();
    expect(await linkOf({ filename: 'no/such.ts', abs_path: name, lineno: 1, colno: 1 })).toBeNull();
  });

  it.each([
    ['cursor', (path: string) => `cursor://file${path}:4:2`],
    ['idea', (path: string) => `idea://open?file=${path}&line=4&column=2`],
    ['mine://open?at={file}#{line}', (path: string) => `mine://open?at=${path}#4`],
    ['none', () => null],
  ])('are those of the editor %s', async (editor, expected) => {
    expect(await linkOf({ filename: 'src/app.ts', lineno: 4, colno: 2 }, editor)).toBe(
      expected(join(root, 'src/app.ts')),
    );
  });

  it.each(['emacs', 'javascript://{file}', 'mine://open', 'constructor', '{file}'])(
    'are refused for the editor %s, by name',
    async (editor) => {
      await expect(start({ editor: { root, editor } })).rejects.toThrow(`got "${editor}"`);
    },
  );
});
