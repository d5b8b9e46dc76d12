import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { checkedOutCommit } from '../../../telemetry/src/settings/git-commit.ts';

let root: string;
let checkout: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
    cwd: checkout,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
const commit = () => {
  git('commit', '--quiet', '--allow-empty', '-m', 'x');
  return git('rev-parse', 'HEAD');
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'git-commit-'));
  checkout = join(root, 'checkout');
  mkdirSync(join(checkout, 'services/a/dist'), { recursive: true });
  return () => rmSync(root, { recursive: true, force: true });
});

describe('the commit of a checkout', () => {
  it('is that of the branch, for every folder in it', () => {
    git('init', '--quiet', '--initial-branch', 'feature/x');
    commit();
    const second = commit();
    expect(checkedOutCommit(checkout)).toBe(second);
    expect(checkedOutCommit(join(checkout, 'services/a/dist'))).toBe(second);
  });

  it('is found among packed references', () => {
    git('init', '--quiet');
    const known = commit();
    git('tag', '-a', '-m', 'x', 'v1');
    git('branch', 'other/main');
    git('pack-refs', '--all');
    expect(checkedOutCommit(checkout)).toBe(known);
    // A later commit is a file again, and wins over the packed one.
    expect(checkedOutCommit(checkout)).not.toBe(commit());
    expect(checkedOutCommit(checkout)).toBe(git('rev-parse', 'HEAD'));
  });

  it('is the one that HEAD names when no branch is checked out', () => {
    git('init', '--quiet');
    const first = commit();
    commit();
    git('checkout', '--quiet', '--detach', first);
    expect(checkedOutCommit(checkout)).toBe(first);
  });

  it('of a worktree is that of its own branch', () => {
    git('init', '--quiet');
    const first = commit();
    git('worktree', 'add', '--quiet', '-b', 'hotfix', join(root, 'hotfix'));
    const second = commit();
    expect(checkedOutCommit(join(root, 'hotfix'))).toBe(first);
    git('pack-refs', '--all');
    expect(checkedOutCommit(join(root, 'hotfix'))).toBe(first);
    expect(checkedOutCommit(checkout)).toBe(second);
  });

  it('of a submodule is its own, not that of the repository around it', () => {
    git('init', '--quiet');
    const inner = commit();
    const outer = join(root, 'outer');
    mkdirSync(outer);
    const gitOuter = (...args: string[]) => execFileSync('git', args, { cwd: outer, stdio: 'ignore' });
    gitOuter('init', '--quiet');
    gitOuter('-c', 'protocol.file.allow=always', 'submodule', 'add', checkout, 'inner');
    expect(checkedOutCommit(join(outer, 'inner'))).toBe(inner);
    expect(checkedOutCommit(outer)).toBeUndefined();
  });

  it('may have 64 digits', () => {
    git('init', '--quiet', '--object-format=sha256');
    const known = commit();
    expect(known).toHaveLength(64);
    expect(checkedOutCommit(checkout)).toBe(known);
  });

  it('is asked of git when its references are in the reftable format', () => {
    mkdirSync(join(checkout, '.git/reftable'), { recursive: true });
    writeFileSync(join(checkout, '.git/HEAD'), 'ref: refs/heads/.invalid\n');
    const known = 'a1'.repeat(20);
    writeFileSync(join(root, 'git'), `#!/bin/sh\n[ "$PWD $1" = "${checkout} rev-parse" ] && echo ${known}\n`);
    chmodSync(join(root, 'git'), 0o755);
    vi.stubEnv('PATH', root);
    expect(checkedOutCommit(checkout)).toBe(known);
    rmSync(join(root, 'git'));
    expect(checkedOutCommit(checkout)).toBeUndefined();
    vi.unstubAllEnvs();
  });
});

describe('there is no commit', () => {
  it('outside of a checkout', () => {
    expect(checkedOutCommit(checkout)).toBeUndefined();
    expect(checkedOutCommit(join(root, 'missing'))).toBeUndefined();
  });

  it('before the first one', () => {
    git('init', '--quiet');
    expect(checkedOutCommit(checkout)).toBeUndefined();
  });

  it.each(['', 'ref: refs/heads/main', 'ref: refs/../../../secret', 'not a commit', 'ref: refs/heads/loop'])(
    'when HEAD says %j',
    (head) => {
      mkdirSync(join(checkout, '.git/refs/heads'), { recursive: true });
      writeFileSync(join(checkout, '.git/HEAD'), head);
      writeFileSync(join(checkout, '.git/refs/heads/loop'), 'ref: refs/heads/loop');
      expect(checkedOutCommit(checkout)).toBeUndefined();
    },
  );

  it('in a home folder whose settings are under git, unless the application lies right there', () => {
    git('init', '--quiet');
    const known = commit();
    vi.stubEnv('HOME', checkout);
    expect(homedir()).toBe(checkout);
    expect(checkedOutCommit(join(checkout, 'services/a'))).toBeUndefined();
    writeFileSync(join(checkout, 'package.json'), '{}');
    expect(checkedOutCommit(join(checkout, 'services/a'))).toBe(known);
    vi.unstubAllEnvs();
  });
});
