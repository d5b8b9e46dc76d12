import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPLAINED, isPermissive, licencesDocument, problemsOf } from '../licences.mjs';

interface Locked {
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const root = join(import.meta.dirname, '../..');
const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8');
const { packages } = JSON.parse(lockfile) as { packages: Readonly<Record<string, Locked>> };
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  allowScripts: Readonly<Record<string, boolean>>;
};

describe('the lockfile', () => {
  it('holds the checksum of every package', () => {
    expect(installed.length).toBeGreaterThan(300);
    expect(installed.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path)).toEqual(
      [],
    );
  });

  it('names no registry, so that everybody installs from their own', () => {
    // Addresses of projects and people stand in `funding`; where a package comes from in `resolved`.
    expect([...lockfile.matchAll(/"resolved": "(\w+:.*)"/g)].map(([, address]) => address)).toEqual([]);
  });

  it('has no install script that nobody has decided about', () => {
    const names = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    expect(Object.keys(manifest.allowScripts)).toEqual([...new Set(names)].sort());
    // The images are built with --ignore-scripts, which is the same only as long as none is allowed.
    expect(new Set(Object.values(manifest.allowScripts))).toEqual(new Set([false]));
    // Then npm ends with an error where it finds another.
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).toContain('strict-allow-scripts=true\n');
  });
});

describe('licences', () => {
  it.each(['MIT', '(MIT OR GPL-3.0)', 'Apache-2.0 AND MIT'])('%s may be used', (expression) => {
    expect(isPermissive(expression)).toBe(true);
  });

  it.each([
    'GPL-3.0',
    'AGPL-3.0-only',
    'MPL-2.0',
    'MIT AND LGPL-3.0-or-later',
    'unknown',
    'SEE LICENSE IN x',
    'MIT OR (MIT AND GPL-3.0)',
  ])('%s may not', (expression) => {
    expect(isPermissive(expression)).toBe(false);
  });

  it('a package that is explained may have its own licence and no other', () => {
    const dependency = (name: string, licence: string) => ({ name, version: '1.0.0', licence });
    const explained = [
      dependency('@img/sharp-libvips-linux-x64', 'LGPL-3.0-or-later'),
      dependency('@sentry/cli', 'FSL-1.1-MIT'),
      dependency('sentry', 'FSL-1.1-Apache-2.0'),
    ];
    expect(problemsOf(explained)).toEqual([]);
    expect(problemsOf([...explained, dependency('sentry', 'AGPL-3.0')])).toEqual([
      'sentry has the licence "AGPL-3.0". Use another package, or explain it in scripts/licences.mjs.',
    ]);
  });

  it('an explanation that is no longer needed has to go', () => {
    expect(problemsOf([])).toHaveLength(EXPLAINED.length);
  });

  it('are counted, the most frequent first', () => {
    const text = licencesDocument(
      ['ISC', 'MIT', 'MIT', 'FSL-1.1-Apache-2.0'].map((licence) => ({ name: 'sentry', version: '1.0.0', licence })),
    );
    expect(text).toContain('| MIT | 2 |\n| ISC | 1 |\n\n');
    expect(text).toContain('| `sentry` (1) | FSL-1.1-Apache-2.0 | The vendor');
  });
});

function nameOf(path: string): string {
  return path.replace(/.*node_modules\//, '');
}
