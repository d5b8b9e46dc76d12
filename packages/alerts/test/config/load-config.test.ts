import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { findConfig, loadConfig } from '../../src/config/index.ts';

const repository = join(import.meta.dirname, '../../../..');
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'config-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
});

const write = (name: string, text: string): string => {
  const file = join(root, name);
  writeFileSync(file, text);
  return file;
};
const SERVICES = [{ name: 'books-service', port: 4001 }];

describe('a config file', () => {
  it.each([
    [
      'ts',
      `const services: { name: string; port: number }[] = ${JSON.stringify(SERVICES)};\nexport default { services };`,
    ],
    ['mjs', `export default { services: ${JSON.stringify(SERVICES)} };`],
    ['js', `export default { services: ${JSON.stringify(SERVICES)} };`],
    ['json', JSON.stringify({ services: SERVICES })],
  ])('may be of the kind .%s', async (extension, text) => {
    write('package.json', '{ "type": "module" }');
    const file = write(`observability.config.${extension}`, text);
    const config = await loadConfig({ from: root });
    expect(config).toMatchObject({
      file,
      root,
      services: [{ name: 'books-service', folder: 'services/books-service' }],
    });
  });

  it('is found in a folder above, the nearest first', () => {
    const file = write('observability.config.json', '{}');
    mkdirSync(join(root, 'a/b'), { recursive: true });
    expect(findConfig(join(root, 'a/b'))).toBe(file);
    const nearer = write('a/observability.config.json', '{}');
    expect(findConfig(join(root, 'a/b'))).toBe(nearer);
  });

  it('need not exist', async () => {
    expect(await loadConfig({ from: root })).toBeUndefined();
  });

  it('may be named instead of searched', async () => {
    write('observability.config.json', '{}');
    write('other.json', JSON.stringify({ services: SERVICES }));
    expect(await loadConfig({ from: root, file: 'other.json' })).toMatchObject({ services: SERVICES });
  });

  it.each([
    [
      'has a wrong field',
      '{ "services": [{ "name": "b" }] }',
      'services[0].port must be a port number from 1 to 65535, got undefined.',
    ],
    ['is no object', '[]', 'The default export must be defineConfig({ ... }) or an object, got [].'],
    ['is no JSON', '{', 'cannot be used. '],
  ])('that %s is refused with its path', async (_what, text, message) => {
    const file = write('observability.config.json', text);
    await expect(loadConfig({ from: root })).rejects.toThrow(`${file} cannot be used.`);
    await expect(loadConfig({ from: root })).rejects.toThrow(message);
  });

  it('that is named must exist', async () => {
    const message = `There is no config file ${join(root, 'nope.json')}. Correct --config.`;
    await expect(loadConfig({ from: root, file: 'nope.json' })).rejects.toThrow(message);
  });
});

describe('a config in TypeScript, in a Node without a loader', () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const cleanUp: (() => void)[] = [];
  const stripsTypes = major > 22 || (major === 22 && minor >= 18);
  let module: string;
  beforeAll(async () => {
    const built = mkdtempSync(join(tmpdir(), 'config-built-'));
    cleanUp.push(() => rmSync(built, { recursive: true, force: true }));
    const entry = join(repository, 'packages/alerts/src/config/load-config.ts');
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: entry,
        outDir: built,
        target: 'node20',
        rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
      },
    });
    module = join(built, 'load-config.mjs');
  });
  afterAll(() => {
    for (const act of cleanUp) act();
  });
  /** Loads the config in a process of its own, with the loader compiled. */
  const load = () => {
    const script = `const { loadConfig } = await import(${JSON.stringify(module)});
      const { services } = await loadConfig({ from: ${JSON.stringify(root)} });
      console.log(services[0].name);`;
    return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env: { PATH: '' } });
  };
  beforeEach(() => {
    write('package.json', '{ "type": "module" }');
    write(
      'observability.config.ts',
      `const name: string = 'books-service';\nexport default { services: [{ name, port: 4001 }] };`,
    );
  });

  it('is read through the tsx of the project', () => {
    mkdirSync(join(root, 'node_modules'));
    for (const name of ['tsx', 'esbuild', 'get-tsconfig', 'resolve-pkg-maps'])
      symlinkSync(join(repository, 'node_modules', name), join(root, 'node_modules', name));
    expect(load()).toMatchObject({ status: 0, stdout: 'books-service\n' });
  });

  it.skipIf(stripsTypes)('is refused without tsx, with what to do', () => {
    expect(load().stderr).toContain(
      'does not read TypeScript. Use 22.18 or newer, install tsx, or write the config as observability.config.mjs.',
    );
  });
});
