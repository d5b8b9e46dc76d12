import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSourceMaps } from '../../src/sentry/source-maps.ts';
import { startInbox } from '../../src/start-inbox.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'source-maps-'));
  mkdirSync(join(folder, 'page/assets'), { recursive: true });
  const map = {
    version: 3,
    sources: ['../../src/app.ts', '../../../node_modules/lib/index.js'],
    sourcesContent: ['first line\n  load();\nthird line', 'library'],
    names: ['load'],
    // Line 1, from column 10: line 2, column 2 of app.ts, called load. Line 2: line 1 of the library.
    mappings: 'UACEA;ACDFA',
  };
  writeFileSync(join(folder, 'page/assets/index-1.js.map'), JSON.stringify(map));
  writeFileSync(join(folder, 'secret.js.map'), JSON.stringify(map));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const frame = (filename: string, lineno: number, colno: number) => ({
  filename,
  lineno,
  colno,
  function: 'a',
  in_app: true,
});
const eventWith = (...frames: object[]) => ({ exception: { values: [{ type: 'Error', stacktrace: { frames } }] } });
const framesOf = (event: unknown) =>
  (event as { exception: { values: { stacktrace: { frames: unknown[] } }[] } }).exception.values[0]?.stacktrace.frames;

describe('a stack of a bundle', () => {
  it('shows the file, the line and the name as they were written, with the lines around', async () => {
    const event = await openSourceMaps(join(folder, 'page')).resolve(
      eventWith(
        frame('https://app.example/assets/index-1.js', 1, 11),
        frame('http://localhost/assets/index-1.js', 2, 1),
      ),
    );
    expect(framesOf(event)).toEqual([
      {
        filename: 'src/app.ts',
        abs_path: 'https://app.example/assets/index-1.js',
        lineno: 2,
        colno: 3,
        function: 'load',
        in_app: true,
        pre_context: ['first line'],
        context_line: '  load();',
        post_context: ['third line'],
      },
      expect.objectContaining({ filename: 'node_modules/lib/index.js', in_app: false }),
    ]);
  });

  it.each([
    ['of another build', 'https://app.example/assets/index-2.js'],
    ['outside of the folder', 'https://app.example/..%2fsecret.js'],
    ['outside of the folder, by a step', 'https://app.example/%2e%2e/secret.js'],
    ['of Node', 'node:internal/timers'],
    ['of a file', '/assets/index-1.js'],
  ])('stays as it is %s', async (_, filename) => {
    const event = eventWith(frame(filename, 1, 11));
    expect(await openSourceMaps(join(folder, 'page')).resolve(event)).toEqual(event);
  });

  it('is grouped by what was written, so that two builds are one issue', async () => {
    const inbox = await startInbox({ environment: 'test', sourceMaps: join(folder, 'page') });
    const send = (id: string, filename: string) =>
      fetch(`${inbox.url}/api/2/envelope/?sentry_key=public&sentry_version=7`, {
        method: 'POST',
        body: `{"event_id":"${id}"}\n{"type":"event"}\n${JSON.stringify({ ...eventWith(frame(filename, 1, 11)), event_id: id })}\n`,
      });
    await send('a'.repeat(32), 'https://app.example/assets/index-1.js');
    await send('b'.repeat(32), 'http://localhost:3000/assets/index-1.js');
    expect(inbox.issues()).toMatchObject([{ count: 2, latest: { frames: [{ filename: 'src/app.ts' }] } }]);
    await inbox.close();
  });
});
