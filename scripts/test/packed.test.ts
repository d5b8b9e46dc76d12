import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { createInterface } from 'node:readline';
import { checkPackage } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { packAll, publicPackages, readManifest, root, run, type Tarball } from './tarballs.ts';

const MINUTES = 60_000;
const names = publicPackages().map(({ name }) => name);
const folder = mkdtempSync(join(tmpdir(), 'packed-'));
let tarballs: ReadonlyMap<string, Tarball>;

beforeAll(async () => {
  tarballs = await packAll(folder);
}, 10 * MINUTES);
afterAll(() => rm(folder, { recursive: true, force: true }), 5 * MINUTES);

function tarballOf(name: string): Tarball {
  const tarball = tarballs.get(name);
  if (!tarball) throw new Error(`${name} was not packed.`);
  return tarball;
}

it('every package is packed at the same version', () => {
  expect([...tarballs.keys()].sort()).toEqual([...names].sort());
  expect(names.length).toBeGreaterThan(9);
  expect(new Set([...tarballs.values()].map(({ manifest }) => manifest.version)).size).toBe(1);
});

describe.each(names)('the tarball of %s', (name) => {
  it('holds what runs, its types and sources, a README and the licence, and nothing else', () => {
    const { files, read } = tarballOf(name);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']));
    const others = files.filter((file) => !/^(dist|src|bin)\/|^(LICENSE|README\.md|package\.json)$/.test(file));
    expect(others).toEqual([]);
    const unwanted = files.filter((file) => /\.tsbuildinfo$|\.(test|bench)\.|(^|\/)(test|fixtures)\/|\/\./.test(file));
    expect(unwanted).toEqual([]);
    expect(read('LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
  });

  it('holds the sources that its maps name', () => {
    const { files, read } = tarballOf(name);
    const missing = files
      .filter((file) => file.endsWith('.map'))
      .flatMap((file) => {
        const { sources } = JSON.parse(read(file)) as { sources: readonly string[] };
        return sources.map((source) => posix.join(dirname(file), source));
      })
      .filter((source) => !files.includes(source));
    expect(missing).toEqual([]);
  });

  it('declares each package that its code and its types import', () => {
    const { manifest, files, read } = tarballOf(name);
    const declared = [name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })];
    const imported = files
      .filter((file) => /^dist\/(?!page\/).*\.(js|d\.ts)$/.test(file))
      .flatMap((file) => importsOf(read(file)));
    const undeclared = [...new Set(imported)].filter((each) => !isBuiltin(each) && !declared.includes(each));
    expect(undeclared).toEqual([]);
  });

  it('passes publint, and its types resolve for ES modules and bundlers', async () => {
    const { path, manifest, content } = tarballOf(name);
    const { buffer } = new Uint8Array(readFileSync(path));
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
    // A program without a library has no types to resolve.
    if (!manifest.exports) return;
    const analysis = await checkPackage(content);
    // `require()` of a type checker older than Node.js 20.19, and of one that knows no `exports`, is not supported.
    const unsupported = ['node10', 'node16-cjs'];
    const problems = 'problems' in analysis ? analysis.problems : [analysis];
    expect(problems.filter((each) => !('resolutionKind' in each && unsupported.includes(each.resolutionKind)))).toEqual(
      [],
    );
  });
});

describe('a bookshop that installs the tarballs', { timeout: 5 * MINUTES }, () => {
  const shop = join(folder, 'bookshop');
  let obstacle: string | undefined;

  beforeAll(async () => {
    obstacle = await findObstacle();
    if (obstacle !== undefined) return console.warn(`npm cannot install, so the tarballs are not used: ${obstacle}`);
    writeShop(shop);
    // Nothing here needs an install script, and one of a dependency downloads a program.
    await run('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'], shop);
    await compile('tsconfig.plan.json');
  }, 10 * MINUTES);
  beforeEach(({ skip }) => skip(obstacle !== undefined, obstacle));

  it('compiles, with the declarations of all dependencies checked, and runs', async () => {
    await compile('tsconfig.json');
    await expectSales('typescript.js');
  });

  it('compiles a page against @qr/browser, with the oldest React and router that it supports', async () => {
    await compile('tsconfig.page.json');
  });

  it.each(['esm.mjs', 'commonjs.cjs'])('records events and an error from %s', async (file) => {
    await expectSales(file);
  });

  it('serves requests with @qr/common', async () => {
    const printed = lastLine(await run(process.execPath, ['common.mjs'], shop));
    expect(printed).toEqual({ books: ['9780306406157'], health: 200 });
  });

  it('has the command qr-obs', async () => {
    expect(await run('npx', ['--no-install', 'qr-obs', '--help'], shop)).toContain('Usage: qr-obs ');
  });

  it('sees the page of the inbox that the command qr-inbox starts', async () => {
    const env = { ...process.env, INBOX_PORT: '0' };
    const inbox = spawn(join(shop, 'node_modules/.bin/qr-inbox'), { cwd: shop, env });
    onTestFinished(() => void inbox.kill('SIGKILL'));
    for await (const line of createInterface({ input: inbox.stdout })) {
      const [, url = ''] = /^Inbox: (\S+)/.exec(line) ?? [];
      const page = await (await fetch(url)).text();
      const [, script = ''] = /<script [^>]*src="(\/assets\/[^"]+)"/.exec(page) ?? [];
      expect(page).toContain('<title>Inbox</title>');
      expect((await fetch(url + script)).headers.get('content-type')).toContain('javascript');
      return;
    }
    expect.fail('qr-inbox ended without an address.');
  });

  async function compile(config: string): Promise<void> {
    await run(join(shop, 'node_modules/.bin/tsc'), ['-p', config, '--pretty', 'false'], shop);
  }

  async function expectSales(file: string): Promise<void> {
    expect(lastLine(await run(process.execPath, [file], shop))).toEqual({
      events: ['book_sold reader-1', 'cart_abandoned reader-2'],
      errors: ['bookshop: The warehouse does not answer'],
    });
  }
});

/** Entry points that cannot be compiled without more, and what that is. */
const NEEDS_MORE: Readonly<Record<string, string>> = {
  '@qr/database': "drizzle-orm's own declarations do not compile with `skipLibCheck: false`",
  '@qr/database/testing': 'the same',
  '@qr/inbox/testing': 'vitest',
  '@qr/browser/vite': 'vite',
};

/** Writes a workspace that depends on all tarballs, and imports all their entry points. */
function writeShop(shop: string): void {
  cpSync(join(import.meta.dirname, 'fixtures/bookshop'), shop, { recursive: true });
  const { devDependencies } = readManifest(join(root, 'package.json'));
  const { dependencies: ofPlan } = tarballOf('@qr/plan').manifest;
  const { peerDependencies: peers } = tarballOf('@qr/browser').manifest;
  const oldest = (name: string) => ({ [name]: peers?.[name]?.replace('^', '') ?? '*' });
  const { devDependencies: ofPages } = readManifest(join(root, 'apps/web/package.json'));
  const pick = (from: Readonly<Record<string, string>> | undefined, name: string) => ({ [name]: from?.[name] ?? '*' });
  const write = (name: string, content: object) => writeFileSync(join(shop, name), JSON.stringify(content));
  write('package.json', {
    ...{ name: 'bookshop', private: true, type: 'module' },
    dependencies: {
      ...Object.fromEntries([...tarballs].map(([name, { path }]) => [name, `file:${path}`])),
      ...pick(ofPlan, 'typebox'),
      ...oldest('react'),
      ...oldest('react-dom'),
      ...oldest('react-router'),
    },
    devDependencies: {
      ...pick(devDependencies, '@types/node'),
      ...pick(devDependencies, 'typescript'),
      ...pick(ofPages, '@types/react'),
      ...pick(ofPages, '@types/react-dom'),
    },
  });
  const entries = [...tarballs.values()].flatMap(({ manifest: { name, exports = {} } }) =>
    Object.keys(exports).map((path) => posix.join(name, path)),
  );
  const program = (isOfPage: boolean) =>
    entries
      .filter((entry) => entry.startsWith('@qr/browser') === isOfPage && !(entry in NEEDS_MORE))
      .map((entry, index) => `export * as entry${index} from '${entry}';\n`)
      .join('');
  writeFileSync(join(shop, 'entries.ts'), program(false));
  writeFileSync(join(shop, 'page.ts'), program(true));
  const strict = { target: 'ES2023', strict: true, skipLibCheck: false };
  const node = { ...strict, exactOptionalPropertyTypes: true, module: 'NodeNext', types: ['node'] };
  write('tsconfig.json', { compilerOptions: node, files: ['plan.ts', 'typescript.ts', 'entries.ts'] });
  write('tsconfig.plan.json', { compilerOptions: node, files: ['plan.ts'] });
  const page = { module: 'ESNext', moduleResolution: 'bundler', lib: ['ES2023', 'DOM', 'DOM.Iterable'], types: [] };
  write('tsconfig.page.json', { compilerOptions: { ...strict, ...page, noEmit: true }, files: ['page.ts'] });
}

/** Returns why nothing can be installed, when npm has neither a registry nor a cache. */
async function findObstacle(): Promise<string | undefined> {
  try {
    await run('npm', ['view', 'typebox', 'version', '--prefer-offline', '--fetch-retries=1'], folder);
    return undefined;
  } catch (error) {
    return /npm error code \w+/.exec(String(error))?.[0] ?? String(error);
  }
}

/** Names of the packages that a compiled module or a declaration imports. */
function importsOf(code: string): string[] {
  const withoutComments = code.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');
  const statement = /^(?:import|export)\s(?:[^'"=;()]*?\sfrom\s)?['"]([@a-z][^'"]*)['"]/gm;
  const call = /\bimport\(['"]([@a-z][^'"]*)['"]\)/g;
  return [...withoutComments.matchAll(statement), ...withoutComments.matchAll(call)].map(
    ([, specifier = '']) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier,
  );
}

/** What a script printed as JSON at its end, after its log. */
function lastLine(printed: string): unknown {
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
}
