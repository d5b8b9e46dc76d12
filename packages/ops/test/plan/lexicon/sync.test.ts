import { defineConfig } from '@qr/alerts/config';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../src/cli/command.ts';
import { createStyle } from '../../../src/cli/terminal.ts';
import { lexiconLines, syncLexicon } from '../../../src/plan/lexicon/sync.ts';
import { planOf, property } from '../plan-fixture.ts';
import { type FakeLexicon, startFakeLexicon } from './fake-lexicon.ts';

let lexicon: FakeLexicon;
let clock = 0;
let slept: number[] = [];
let notes: string[] = [];
beforeEach(async () => {
  lexicon = await startFakeLexicon();
  clock = 0;
  slept = [];
  notes = [];
});
afterEach(() => lexicon.close());

const context = (): CommandContext => ({
  env: { MIXPANEL_SERVICE_ACCOUNT: 'robot:secret', MIXPANEL_PROJECT_ID: '42', MIXPANEL_APP_HOST: lexicon.url },
  given: new Map(),
  platforms: [],
  root: '/nowhere',
  config: async () => defineConfig({}),
  fetch: globalThis.fetch,
  now: () => clock,
  out: () => undefined,
  note: (line) => void notes.push(line),
  style: createStyle(false),
  signal: new AbortController().signal,
});

const sleep = async (ms: number): Promise<void> => {
  slept.push(ms);
  clock += ms;
};

/** Events with 99 properties each, so that ten of them fill a request. */
const largePlan = (events: number) => {
  const properties = Object.fromEntries(
    Array.from({ length: 99 }, (_, index) => [`p_${index}`, property({ sentAs: `p_${index}` })]),
  );
  return planOf(Object.fromEntries(Array.from({ length: events }, (_, index) => [`event_${index}`, { properties }])));
};

it('prints a plan, the same each time', async () => {
  const plan = planOf({
    code_scanned: { properties: { qr_id: property({ sentAs: 'qr_id' }) } },
    internal: { destinations: ['analytics'] },
  });
  const outcome = await syncLexicon(plan, { apply: false, prune: false, sleep }, context());
  expect(lexiconLines(outcome, createStyle(false)).join('\n')).toMatchInlineSnapshot(`
    "Lexicon of project 42: 2 new, 0 changed, 0 as planned, 0 not in the plan.
      + code_scanned  1 property
      + profile $user  0 properties
    Nothing was written. Upload it with --apply."
  `);
});

describe('the limits of the vendor', () => {
  it('are kept: at most five requests and 4000 events and properties in any minute, with a note while it waits', async () => {
    await syncLexicon(largePlan(65), { apply: true, prune: false, sleep }, context());
    const uploads = lexicon.asked.filter(({ method }) => method === 'POST');
    expect(uploads.map(({ body }) => body?.entries.length)).toEqual([10, 10, 10, 10, 10, 10, 6]);
    expect(slept).toEqual([60_000]);
    expect(notes).toContain('Waiting 60 s: Mixpanel takes 5 requests, and 4000 events and properties, a minute.');
    expect(notes.at(-1)).toBe('Uploaded 66 of 66.');
  });

  it('are waited for when the vendor says so, as long as it says', async () => {
    lexicon.answerOnce(429, { error: 'slow down' }, { 'retry-after': '7' });
    await syncLexicon(largePlan(1), { apply: true, prune: false, sleep }, context());
    expect(slept).toEqual([7000]);
    expect(notes[0]).toBe('Mixpanel asks to wait (429); trying again in 7 s.');
    expect(lexicon.entries()).toHaveLength(2);
  });

  it('end the command when waiting does not help', async () => {
    for (let times = 0; times < 4; times++) lexicon.answerOnce(429, { error: 'slow down' });
    await expect(syncLexicon(largePlan(1), { apply: true, prune: false, sleep }, context())).rejects.toThrow(
      'Mixpanel still asks to wait (429)',
    );
    expect(slept).toEqual([60_000, 60_000, 60_000]);
  });
});
