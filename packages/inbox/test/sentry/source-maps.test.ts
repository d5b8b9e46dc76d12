import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { build } from 'vite';
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
    // Line 1: column 9 is `load` in line 1 of app.ts, from column 13 on it is line 2. Line 2: line 1 of the library.
    mappings: 'SAAAA,IACE;ACDF',
  };
  writeFileSync(join(folder, 'page/assets/index-1.js.map'), JSON.stringify(map));
  writeFileSync(join(folder, 'page/assets/index-1.js'), 'function a(){b()}\nlibrary()');
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
        frame('https://app.example/assets/index-1.js', 1, 15),
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
    const event = eventWith(frame(filename, 1, 15));
    expect(await openSourceMaps(join(folder, 'page')).resolve(event)).toEqual(event);
  });

  it('is grouped by what was written, so that two builds are one issue', async () => {
    const inbox = await startInbox({ environment: 'test', sourceMaps: join(folder, 'page') });
    const send = (id: string, filename: string) =>
      fetch(`${inbox.url}/api/2/envelope/?sentry_key=public&sentry_version=7`, {
        method: 'POST',
        body: `{"event_id":"${id}"}\n{"type":"event"}\n${JSON.stringify({ ...eventWith(frame(filename, 1, 15)), event_id: id })}\n`,
      });
    await send('a'.repeat(32), 'https://app.example/assets/index-1.js');
    await send('b'.repeat(32), 'http://localhost:3000/assets/index-1.js');
    expect(inbox.issues()).toMatchObject([{ count: 2, latest: { frames: [{ filename: 'src/app.ts' }] } }]);
    await inbox.close();
  });
});

/** The frames of an error as the SDK reads them from its stack, the throwing one last. */
function framesFrom(error: Error): object[] {
  const lines = [...(error.stack ?? '').matchAll(/^ +at (?:(.+) \()?(\S+?):(\d+):(\d+)\)?$/gm)];
  return lines
    .map(([, name, filename, line, column]) => ({
      ...(name && { function: name }),
      filename,
      lineno: Number(line),
      colno: Number(column),
      in_app: true,
    }))
    .reverse();
}

const PAGE = `import { reportTo } from 'vendor';
class Cart {
  checkOut(item: string): string {
    return priceOf(item);
  }
}
const priceOf = (item: string): string => {
  const rates = [1, 2].map((rate) => rate * item.length);
  if (rates[0] !== undefined) throw new Error('no price for ' + item);
  return item;
};
function startShopping(item: string): string {
  return reportTo(() => new Cart().checkOut(item));
}
(globalThis as Record<string, unknown>)['go'] = startShopping;
`;

it('the stack of a minified page has the names, files and lines of its sources', async () => {
  const root = join(folder, 'shop');
  mkdirSync(join(root, 'src'), { recursive: true });
  mkdirSync(join(root, 'node_modules/vendor'), { recursive: true });
  writeFileSync(join(root, 'node_modules/vendor/package.json'), '{"name":"vendor","type":"module","main":"index.js"}');
  writeFileSync(
    join(root, 'node_modules/vendor/index.js'),
    "export function reportTo(work) { try { return work(); } finally { globalThis.went = 'on'; } }",
  );
  writeFileSync(join(root, 'src/shop.ts'), PAGE);
  const outDir = join(root, 'dist/client');
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    build: {
      outDir,
      sourcemap: 'hidden',
      minify: true,
      rolldownOptions: { input: join(root, 'src/shop.ts'), output: { entryFileNames: 'assets/shop.js' } },
    },
  });
  const script = readFileSync(join(outDir, 'assets/shop.js'), 'utf8');
  expect(script).not.toContain('priceOf');
  const page: Record<string, unknown> = {};
  runInNewContext(script, page, { filename: 'https://app.example/assets/shop.js' });
  let thrown: unknown;
  try {
    const go = page['go'] as (item: string) => string;
    go('tea');
  } catch (error) {
    thrown = error;
  }
  const frames = framesFrom(thrown as Error).filter(
    (each) => 'filename' in each && String(each.filename).startsWith('https:'),
  );
  const event = await openSourceMaps(`${outDir},${root}`).resolve(eventWith(...frames));
  expect(framesOf(event)).toMatchObject([
    { function: 'startShopping', filename: 'src/shop.ts', lineno: 13, in_app: true },
    { function: 'reportTo', filename: 'node_modules/vendor/index.js', lineno: 1, in_app: false },
    { filename: 'src/shop.ts', lineno: 13, in_app: true },
    { function: 'Cart.checkOut', filename: 'src/shop.ts', lineno: 4, in_app: true },
    {
      function: 'priceOf',
      filename: 'src/shop.ts',
      lineno: 9,
      in_app: true,
      context_line: "  if (rates[0] !== undefined) throw new Error('no price for ' + item);",
    },
  ]);
});

describe('a stack of a service', () => {
  const compiled = { version: 3, sources: ['../src/app.ts'], names: [], mappings: ';;AAEA' };
  beforeAll(() => {
    for (const path of ['services/a/src', 'services/a/dist', 'node_modules/lib/dist', 'outside'])
      mkdirSync(join(folder, 'checkout', path), { recursive: true });
    writeFileSync(join(folder, 'checkout/services/a/src/app.ts'), 'type A = 1;\n\nthrow new Error();\n');
    writeFileSync(join(folder, 'checkout/services/a/dist/app.js.map'), JSON.stringify(compiled));
    const elsewhere = { ...compiled, sources: ['../../../../secret.ts'] };
    writeFileSync(join(folder, 'checkout/services/a/dist/other.js.map'), JSON.stringify(elsewhere));
    writeFileSync(join(folder, 'secret.ts'), 'a secret\na secret\na secret\n');
    writeFileSync(join(folder, 'checkout/node_modules/lib/dist/index.js.map'), JSON.stringify(compiled));
  });
  const resolved = async (filename: string) =>
    framesOf(
      await openSourceMaps(`${join(folder, 'page')}, ${join(folder, 'checkout')}`).resolve(
        eventWith(frame(filename, 3, 1)),
      ),
    );

  it('has the file and the lines that it was compiled from', async () => {
    expect(await resolved('services/a/dist/app.js')).toEqual([
      {
        filename: 'services/a/src/app.ts',
        abs_path: 'services/a/dist/app.js',
        lineno: 3,
        colno: 1,
        function: 'a',
        in_app: true,
        pre_context: ['type A = 1;', ''],
        context_line: 'throw new Error();',
        post_context: [''],
      },
    ]);
  });

  it.each(['node_modules/lib/dist/index.js', 'http://localhost:3000/node_modules/.vite/deps/lib.js'])(
    'keeps the frames of packages, whose sources are not installed, and marks them: %s',
    async (filename) => {
      expect(await resolved(filename)).toEqual([{ ...frame(filename, 3, 1), in_app: false }]);
    },
  );

  it('shows no file outside of the folders', async () => {
    expect(await resolved('../secret.js')).toEqual([frame('../secret.js', 3, 1)]);
    expect(JSON.stringify(await resolved('services/a/dist/other.js'))).not.toContain('a secret');
  });
});
