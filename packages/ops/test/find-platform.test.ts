import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { CommandError } from '../src/cli/command.ts';
import { findPlatform } from '../src/cli/run-cli.ts';
import { runInTest } from './run-in-test.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ops-config-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeFileSync(join(root, 'observability.config.json'), '{ "services": [{ "name": "books-service", "port": 4001 }] }');
  mkdirSync(join(root, 'deep'));
});

it('finds the config from the working directory upwards', async () => {
  const { args, root: found, config } = findPlatform(['spool', 'status'], join(root, 'deep'));
  expect({ args, found }).toEqual({ args: ['spool', 'status'], found: root });
  expect(await config()).toMatchObject({ services: [{ name: 'books-service' }] });
});

it.each([
  [
    ['--root', 'there', 'spool', 'status'],
    ['spool', 'status'],
  ],
  [
    ['spool', 'status', '--root=there', '--json'],
    ['spool', 'status', '--json'],
  ],
  [
    ['spool', '--config', 'there/observability.config.json', 'status'],
    ['spool', 'status'],
  ],
])('takes the platform out of %j', async (given, args) => {
  const {
    root: found,
    args: left,
    config,
  } = findPlatform(
    given.map((word) => word.replace('there', root)),
    tmpdir(),
  );
  expect({ left, found }).toEqual({ left: args, found: root });
  expect(await config()).toMatchObject({ services: [{ name: 'books-service' }] });
});

it('refuses --root without a value', () => {
  expect(() => findPlatform(['doctor', '--root'], root)).toThrow(
    new CommandError('--root needs a value: --root <path>.'),
  );
});

it('has no services and no plan without a config', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'ops-empty-'));
  onTestFinished(() => rmSync(empty, { recursive: true, force: true }));
  const { root: found, config } = findPlatform(['plan', 'docs'], empty);
  expect(found).toBe(empty);
  const { exitCode, notes } = await runInTest(['plan', 'docs'], { root: empty, config });
  expect(exitCode).toBe(2);
  expect(notes).toContain('There is no tracking plan: observability.config.ts is missing or has no plan.');
});

it('says what is wrong in the config when a command needs it', async () => {
  writeFileSync(join(root, 'observability.config.json'), '{ "services": {} }');
  const { config } = findPlatform([], root);
  const { exitCode, notes } = await runInTest(['alerts', 'check'], { root, config });
  expect(exitCode).toBe(2);
  expect(notes).toContain('services must be an array, got {}.');
  expect((await runInTest(['--help'], { root, config })).exitCode).toBe(0);
});
