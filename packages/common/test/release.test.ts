import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { builtRelease, releaseOf } from '../src/release.ts';

const script = pathToFileURL(join(import.meta.dirname, '../../../scripts/release.mjs')).href;
const { writeRelease } = (await import(script)) as {
  writeRelease(checkout: string, file: string, commit?: string): void;
};

const folder = mkdtempSync(join(tmpdir(), 'qr-release-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'release.json');
const built = () => builtRelease(pathToFileURL(file));

it('is the commit that was built, until something without git is', () => {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim();
  writeRelease(folder, file);
  expect(built()).toBeUndefined();
  git('init', '--quiet');
  git('-c', 'user.name=x', '-c', 'user.email=x@x', 'commit', '--quiet', '--allow-empty', '-m', 'x');
  writeRelease(folder, file);
  expect(built()).toBe(git('rev-parse', 'HEAD'));
  rmSync(join(folder, '.git'), { recursive: true });
  writeRelease(folder, file);
  expect(built()).toBeUndefined();
});

it('is the commit that the builder of an image names, who has no git there', () => {
  writeRelease(folder, file, 'abc123');
  expect(built()).toBe('abc123');
  // An argument that nobody gave is empty.
  writeRelease(folder, file, '');
  expect(built()).toBeUndefined();
});

it.each(['', '{}', '{"release":7}', '{"release":""}'])('is none when the file says %j', (text) => {
  writeFileSync(file, text);
  expect(built()).toBeUndefined();
});

it('is what the variable says, whatever was built; from source there is none else', () => {
  expect(releaseOf({ SENTRY_RELEASE: 'v1' })).toBe('v1');
  expect(releaseOf({})).toBeUndefined();
});
