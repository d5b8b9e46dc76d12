import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LexiconEntry } from '../../../src/plan/lexicon/entries.ts';
import { runInTest } from '../../run-in-test.ts';
import { type FakeLexicon, startFakeLexicon } from './fake-lexicon.ts';

const foreign: LexiconEntry = {
  entityType: 'event',
  name: 'Written by hand',
  schemaJson: { description: 'By a person.' },
};
const formerly: LexiconEntry = {
  entityType: 'event',
  name: 'coupon_used',
  schemaJson: { description: 'Gone.', metadata: { 'com.mixpanel': { tags: ['tracking-plan', 'owner:growth'] } } },
};
const touched: LexiconEntry = {
  entityType: 'event',
  name: 'logout',
  schemaJson: {
    description: 'Old words.',
    properties: { $browser: { type: 'string', description: 'By the vendor.' } },
    metadata: { 'com.mixpanel': { displayName: 'Left', tags: ['important', 'owner:nobody'] } },
  },
};

let lexicon: FakeLexicon;
beforeEach(async () => {
  lexicon = await startFakeLexicon([foreign, formerly, touched]);
});
afterEach(() => lexicon.close());

const run = (options: readonly string[] = [], env: Record<string, string> = {}) =>
  runInTest(['plan', 'lexicon', ...options], {
    fetch: globalThis.fetch,
    env: {
      MIXPANEL_SERVICE_ACCOUNT: 'robot:secret',
      MIXPANEL_PROJECT_ID: '42',
      MIXPANEL_APP_HOST: lexicon.url,
      ...env,
    },
  });

it('explains itself', async () => {
  expect((await runInTest(['plan', 'lexicon', '--help'])).out).toMatchInlineSnapshot(`
    "Usage: qr-obs plan lexicon [options]

    Compare the plan with Mixpanel's Lexicon, or upload it there.

    Descriptions, types, owners and privacy classes of the events that go to Mixpanel, and of the
    profile. Without --apply nothing is written, and the exit code is 1 when Lexicon differs. What
    others wrote into Lexicon stays: entries and properties that the plan does not know, their tags,
    contacts and display names. Needs MIXPANEL_SERVICE_ACCOUNT (role Admin or Owner) and
    MIXPANEL_PROJECT_ID; MIXPANEL_APP_HOST for EU and India.

    Options:
      --json      answer with one JSON document, for tools
      --apply     upload what differs
      --prune     with --apply: remove entries that were uploaded from the plan and are no longer in it
      -h, --help  display help for command

    Examples:
      qr-obs plan lexicon
      qr-obs plan lexicon --apply"
  `);
});

describe('without --apply', () => {
  it('shows what is new, changed, and only there, writes nothing, and exits 1', async () => {
    const { exitCode, out } = await run();
    expect(exitCode).toBe(1);
    expect(out).toContain('Lexicon of project 42: ');
    expect(out).toContain('\n  + signup_completed  4 properties\n');
    expect(out).toContain('\n  ~ logout  description; new tags tracking-plan, owner:growth; old tags owner:nobody\n');
    expect(out).toContain('\n  ? Written by hand  only there, and left alone\n');
    expect(out).toContain('\n  ? coupon_used  only there, once uploaded from the plan: --apply --prune removes it\n');
    expect(out).toMatch(/Nothing was written\. Upload it with --apply\.$/);
    expect(lexicon.asked).toEqual([{ method: 'GET', path: '/api/app/projects/42/schemas', body: undefined }]);
  });

  it('answers the same as JSON', async () => {
    const result = JSON.parse((await run(['--json'])).out);
    expect(result).toMatchObject({ projectId: '42', isApplied: false, unchanged: 0 });
    expect(result.added).toContain('profile $user');
    expect(result.onlyThere).toEqual([
      { title: 'Written by hand', wasPlanned: false },
      { title: 'coupon_used', wasPlanned: true },
    ]);
  });
});

describe('with --apply', () => {
  it('uploads what differs, and the second time nothing', async () => {
    const first = await run(['--apply']);
    expect(first.exitCode).toBe(0);
    expect(first.notes).toMatch(/^Uploaded \d+ of \d+\.$/);
    const second = await run(['--apply']);
    expect(second.exitCode).toBe(0);
    expect(second.out).toMatch(/Lexicon says what the plan says\.$/);
    expect(lexicon.asked.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
    expect((await run()).exitCode).toBe(0);
  });

  it('describes properties under the names they leave under, in words where Lexicon has no keyword', async () => {
    await run(['--apply']);
    const signup = lexicon.entries().find(({ name }) => name === 'signup_completed');
    expect(signup?.schemaJson).toEqual({
      description: 'A person finished creating an account.',
      properties: {
        email_hash: { type: 'string', description: 'Address of the account. Hashed.' },
        signup_method: { type: 'string', description: 'How the account was made. One of: email, google.' },
        plan: { type: 'string', description: 'The subscription plan. One of: free, pro, business.' },
        source: {
          type: 'string',
          description: 'The page that led here (the Referer header). Origin and path only.',
        },
      },
      metadata: { 'com.mixpanel': { tags: ['tracking-plan', 'owner:growth', 'class:hash', 'class:url'] } },
    });
    const profile = lexicon.entries().find(({ entityType }) => entityType === 'profile');
    expect(profile?.name).toBe('$user');
    expect(Object.keys(profile?.schemaJson.properties ?? {})).toContain('email_hash');
    expect(profile?.schemaJson.properties).not.toHaveProperty('$name');
  });

  it('keeps what others wrote, and never truncates', async () => {
    await run(['--apply']);
    expect(lexicon.entries()).toContainEqual(foreign);
    expect(lexicon.entries()).toContainEqual(formerly);
    expect(lexicon.entries().find(({ name }) => name === 'logout')?.schemaJson).toEqual({
      description: 'A person logged out.',
      properties: { $browser: { type: 'string', description: 'By the vendor.' } },
      metadata: { 'com.mixpanel': { displayName: 'Left', tags: ['important', 'tracking-plan', 'owner:growth'] } },
    });
    expect(lexicon.asked.find(({ body }) => body)?.body?.truncate).toBe(false);
  });

  it('and --prune removes what was once uploaded from the plan, and nothing else', async () => {
    const { out, notes } = await run(['--apply', '--prune']);
    expect(out).toContain('  ? coupon_used  only there, and removed now\n');
    expect(notes).toContain('Removed coupon_used.');
    const names = lexicon.entries().map(({ name }) => name);
    expect(names).not.toContain('coupon_used');
    expect(names).toContain('Written by hand');
  });
});

describe('on a laptop without an account', () => {
  const env = { INBOX_URL: 'http://127.0.0.1:1', MIXPANEL_API_HOST: 'http://127.0.0.1:1' };

  it('says that the inbox has no Lexicon, and shows what an empty one would get', async () => {
    const { exitCode, out } = await runInTest(['plan', 'lexicon'], { env });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^The local inbox has no Lexicon\. This is what would be uploaded to an empty one: \d+ new,/);
    expect(out).toMatch(/Set MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID to compare with a project\.$/);
  });

  it('refuses to apply', async () => {
    const { exitCode, notes } = await runInTest(['plan', 'lexicon', '--apply'], { env });
    expect(exitCode).toBe(2);
    expect(notes).toContain('The local inbox has no Lexicon');
  });
});

describe('what goes wrong', () => {
  it.each([
    [{ MIXPANEL_SERVICE_ACCOUNT: '' }, 'MIXPANEL_SERVICE_ACCOUNT is not set'],
    [{ MIXPANEL_SERVICE_ACCOUNT: 'robot' }, 'must be user:secret'],
    [{ MIXPANEL_PROJECT_ID: '' }, 'MIXPANEL_PROJECT_ID is not set'],
    [{ MIXPANEL_PROJECT_ID: 'shop' }, 'must be the numeric id of the project, got "shop"'],
    [{ MIXPANEL_APP_HOST: 'mixpanel' }, 'must be an origin such as https://mixpanel.com, got "mixpanel"'],
  ])('the environment %o is refused with what is expected', async (env, sentence) => {
    const { exitCode, notes } = await run([], env);
    expect(exitCode).toBe(2);
    expect(notes).toContain(sentence);
    expect(notes).not.toContain('robot');
  });

  it.each([
    [401, { error: 'no' }, 'Mixpanel does not know the service account (401)'],
    [403, { error: 'no' }, 'it needs the role Admin or Owner'],
    [500, { error: 'out of order' }, 'answered 500: out of order'],
    [200, '<html>', 'answered something that is no JSON'],
    [200, {}, 'answered without a list of schemas'],
  ])('the answer %i %o ends with a sentence and exit code 3', async (status, body, sentence) => {
    lexicon.answerOnce(status, body);
    const { exitCode, notes } = await run();
    expect(exitCode).toBe(3);
    expect(notes).toContain(sentence);
    expect(notes).not.toContain('robot');
  });

  it('--prune without --apply', async () => {
    const { exitCode, notes } = await run(['--prune']);
    expect(exitCode).toBe(2);
    expect(notes).toContain('--prune removes entries, which only happens together with --apply.');
    expect(lexicon.asked).toEqual([]);
  });

  it('no network', async () => {
    const { exitCode, notes } = await run([], { MIXPANEL_APP_HOST: 'http://127.0.0.1:1' });
    expect(exitCode).toBe(3);
    expect(notes).toMatch(/^http:\/\/127\.0\.0\.1:1 could not be reached \(.+\)\./);
  });
});
