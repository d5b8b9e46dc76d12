import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { applicationFolder, applicationRoot } from '../../../telemetry/src/settings/application-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(realpathSync(tmpdir()), 'application-'));
  const [node, main] = process.argv;
  return () => {
    process.argv.splice(0, 2, ...[node, main].filter((argument) => argument !== undefined));
    rmSync(root, { recursive: true, force: true });
  };
});

function runs(path: string): void {
  process.argv[1] = join(root, path);
}

describe('the folder of the application', () => {
  it('is that of the main module, wherever it was started from', () => {
    runs('services/a/dist/main.js');
    expect(applicationFolder()).toBe(join(root, 'services/a/dist'));
  });

  it('is where the main module really lies when it was started by a link', () => {
    mkdirSync(join(root, 'app'));
    writeFileSync(join(root, 'app/main.js'), '');
    symlinkSync(join(root, 'app/main.js'), join(root, 'start'));
    runs('start');
    expect(applicationFolder()).toBe(join(root, 'app'));
  });

  it.each(['node_modules/pm2/lib/ProcessContainerFork.js', 'node_modules/.bin/runner'])(
    'is the working directory when %s is the main module',
    (path) => {
      runs(path);
      expect(applicationFolder()).toBe(process.cwd());
    },
  );

  it('is the working directory of a process without a main module', () => {
    process.argv.length = 1;
    expect(applicationFolder()).toBe(process.cwd());
  });
});

it('the root of a workspace is the repository', () => {
  mkdirSync(join(root, 'services/a/src'), { recursive: true });
  for (const folder of ['', 'services/a']) writeFileSync(join(root, folder, 'package.json'), '{}');
  expect(applicationRoot(join(root, 'services/a/src'))).toBe(root);
});

it('the root is the folder itself where there is no package.json', () => {
  expect(applicationRoot(join(root, 'app'))).toBe(join(root, 'app'));
});
