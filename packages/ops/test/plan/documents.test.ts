import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runInTest } from '../run-in-test.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'qr-plan-'));
});
afterEach(() => rm(root, { recursive: true }));

it('explains itself', async () => {
  expect((await runInTest(['plan', '--help'])).out).toMatchInlineSnapshot(`
    "Usage: qr-obs plan [options] [command]

    Document, upload and compare the tracking plan.

    Options:
      -h, --help                            display help for command

    Commands:
      docs [options]                        Write the documents of the tracking plan, or check them
      lexicon [options]                     Compare the plan with Mixpanel's Lexicon, or upload it there
      diff [options] <git-ref> [other-ref]  List what changed in the plan since a commit
      help [command]                        display help for command"
  `);
  expect((await runInTest(['plan', 'docs', '--help'])).out).toMatchInlineSnapshot(`
    "Usage: qr-obs plan docs [options]

    Write the documents of the tracking plan, or check them.

    Writes MIXPANEL_EVENTS_TRACKING.md for people and packages/events/plan.json for tools. \`npm run
    generate\` writes the same two, and what else comes from the plan and the sources.

    Options:
      --json      answer with one JSON document, for tools
      --check     write nothing; exit 1 and name the files that are out of date
      -h, --help  display help for command

    Examples:
      qr-obs plan docs
      qr-obs plan docs --check"
  `);
});

it('writes the documents of the plan, and the second time nothing', async () => {
  expect((await runInTest(['plan', 'docs'], { root })).out).toMatchInlineSnapshot(`
    "MIXPANEL_EVENTS_TRACKING.md written
    packages/events/plan.json written"
  `);
  expect(await readFile(join(root, 'MIXPANEL_EVENTS_TRACKING.md'), 'utf8')).toMatch(/^# Tracked events\n/);
  expect(JSON.parse(await readFile(join(root, 'packages/events/plan.json'), 'utf8'))).toHaveProperty(
    'events.qr_scanned',
  );
  expect((await runInTest(['plan', 'docs'], { root })).out).toMatchInlineSnapshot(`
    "MIXPANEL_EVENTS_TRACKING.md is up to date
    packages/events/plan.json is up to date"
  `);
});

it('names the document that is out of date, writes nothing, and exits 1', async () => {
  await runInTest(['plan', 'docs'], { root });
  const path = join(root, 'MIXPANEL_EVENTS_TRACKING.md');
  await writeFile(path, 'old');
  const { exitCode, out } = await runInTest(['plan', 'docs', '--check'], { root });
  expect(exitCode).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "MIXPANEL_EVENTS_TRACKING.md is out of date
    packages/events/plan.json is up to date
    Run qr-obs plan docs, or npm run generate, and commit what it wrote."
  `);
  expect(await readFile(path, 'utf8')).toBe('old');
});

it('agrees with documents that are as the plan says, also as JSON', async () => {
  await runInTest(['plan', 'docs'], { root });
  const { exitCode, out } = await runInTest(['plan', 'docs', '--check', '--json'], { root });
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toEqual({
    documents: [
      { path: 'MIXPANEL_EVENTS_TRACKING.md', isStale: false },
      { path: 'packages/events/plan.json', isStale: false },
    ],
  });
});
