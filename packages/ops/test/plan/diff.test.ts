import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plan } from '@qr/events';
import { exportPlan, type PlanExport } from '@qr/plan/documents';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runInTest } from '../run-in-test.ts';
import { planOf, property } from './plan-fixture.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'qr-diff-'));
  git('init', '--quiet', '--initial-branch=main');
  commit('before', undefined);
  const properties = { qr_id: property({ isRequired: true }), size: property({ type: 'number' }) };
  commit('v1', planOf({ scanned: { properties }, paid: { destinations: ['mixpanel', 'analytics'] } }));
  commit(
    'v2',
    planOf({
      code_scanned: { properties },
      paid: { properties: { amount: property({ type: 'number', isRequired: true }) } },
      coupon_used: {},
    }),
  );
  commit('broken', '{}' as never);
  commit('now', exportPlan(plan));
});
afterAll(() => rmSync(root, { recursive: true }));

it('explains itself', async () => {
  expect((await runInTest(['plan', 'diff', '--help'])).out).toMatchInlineSnapshot(`
    "Usage: qr-obs plan diff [options] <git-ref> [other-ref]

    List what changed in the plan since a commit.

    Compares the plan at a git ref with the plan as it is now, or with that of another ref. Exit code 1
    when something can break code that sends an event or a report that reads it.

    Options:
      --json      answer with one JSON document, for tools
      -h, --help  display help for command

    Examples:
      qr-obs plan diff origin/main
      qr-obs plan diff v1.2.0 v1.3.0 --json"
  `);
});

it('lists what changed between two refs, breaking changes first, and exits 1', async () => {
  const { exitCode, out } = await runInTest(['plan', 'diff', 'v1', 'v2'], { root });
  expect(exitCode).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "The tracking plan from v1 to v2: 3 breaking changes, 2 other.

    Breaking:
      paid         no longer sent to analytics
      paid.amount  added, and required
      scanned      removed; likely renamed to code_scanned, which has the same properties

    Not breaking:
      code_scanned  added
      coupon_used   added"
  `);
});

it('answers the same as JSON, with the commits', async () => {
  const { exitCode, out } = await runInTest(['plan', 'diff', 'v1', 'v2', '--json'], { root });
  expect(exitCode).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    from: { ref: 'v1', commit: git('rev-parse', 'v1').trim() },
    to: { ref: 'v2', commit: git('rev-parse', 'v2').trim() },
  });
  expect(JSON.parse(out).changes).toContainEqual({
    isBreaking: true,
    subject: 'paid',
    property: 'amount',
    what: 'added, and required',
  });
});

it('compares with the plan as it is now when one ref is named', async () => {
  const { exitCode, out } = await runInTest(['plan', 'diff', 'now'], { root });
  expect(exitCode).toBe(0);
  expect(out).toBe('The tracking plan did not change since now.');
});

it.each([
  ['nowhere', '"nowhere" is no commit, branch or tag'],
  ['--output=x', "unknown option '--output=x'"],
  ['before', 'At "before" ('],
  ['broken', 'packages/events/plan.json at "broken" is no exported plan'],
])('says what is wrong with the ref %s, and exits 2', async (ref, sentence) => {
  const { exitCode, notes } = await runInTest(['plan', 'diff', ref], { root });
  expect(exitCode).toBe(2);
  expect(notes).toContain(sentence);
});

it('says so where there is no checkout', async () => {
  const { exitCode, notes } = await runInTest(['plan', 'diff', 'v1'], { root: join(root, 'nowhere') });
  expect(exitCode).toBe(2);
  expect(notes).toContain('is no git checkout, or git is not installed');
});

function commit(tag: string, content: PlanExport | undefined): void {
  if (content !== undefined) {
    mkdirSync(join(root, 'packages/events'), { recursive: true });
    writeFileSync(join(root, 'packages/events/plan.json'), JSON.stringify(content));
    git('add', '.');
  }
  git(
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@example.com',
    '-c',
    'commit.gpgSign=false',
    'commit',
    '--quiet',
    '--allow-empty',
    '-m',
    tag,
  );
  git('-c', 'tag.gpgSign=false', 'tag', tag);
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' });
}
