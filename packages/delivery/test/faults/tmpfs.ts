import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own that a test may fill and lock. */
export interface SmallDisk {
  readonly path: string;
  setReadOnly(isReadOnly: boolean): void;
  unmount(): void;
}

/** Mounts a small disk; `undefined` where that is not permitted: it takes root. */
export function mountSmallDisk(size: string): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'small-disk-'));
  if (!run('mount', '-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path)) {
    rmSync(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    setReadOnly(isReadOnly) {
      if (!run('mount', '-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path))
        throw new Error(`Expected to remount ${path}.`);
    },
    unmount() {
      // Lazily: a journal may still be open.
      run('umount', '-l', path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function run(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
