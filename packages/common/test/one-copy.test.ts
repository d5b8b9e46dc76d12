import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');

// Two copies of the SDK each have a client of their own: what one captures the other never sends.
it.each(['@sentry/core', '@sentry/node', '@sentry/profiling-node'])(
  'exactly one copy of %s is installed, 11.1.0',
  (name) => {
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string }>;
    };
    const copies = Object.entries(lock.packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
    expect(copies.map(([path, { version }]) => [path, version])).toEqual([[`node_modules/${name}`, '11.1.0']]);
    const installed = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(installed.version).toBe('11.1.0');
  },
);

it('every package asks for exactly 11.1.0 of each @sentry package, but of the command line, which has versions of its own', () => {
  const folders = ['packages', 'services', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
  );
  const asked = folders.flatMap((folder) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string> | undefined>;
    return Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) => name.startsWith('@sentry/'));
  });
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter(([name, version]) => name !== '@sentry/cli' && version !== '11.1.0')).toEqual([]);
});
