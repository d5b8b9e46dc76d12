import { expect, it } from 'vitest';
import { runInTest } from '../run-in-test.ts';

const SMALL = ['--events-per-day', '20000', '--errors-per-day', '100', '--users', '5000'];
const LARGE = [
  '--events-per-day',
  '90000',
  '--errors-per-day',
  '3000',
  '--users',
  '40000',
  '--spans-per-day',
  '9000000',
];

it('explains itself', async () => {
  expect((await runInTest(['cost', '--help'])).out).toMatchInlineSnapshot(`
    "Usage: qr-obs cost [options]

    Estimate what both vendors cost a month, and how to stay within a sum.

    Prices are kept in packages/ops/src/cost/prices.ts, each with its source and date; what could not be
    confirmed is called so. Exit code 1 when --target is exceeded.

    Options:
      --json                     answer with one JSON document, for tools
      --events-per-day <count>   events that go to Mixpanel
      --errors-per-day <count>   errors that go to Sentry
      --users <count>            people in a month, visitors included
      --spans-per-day <count>    spans if every request were traced (default: "0")
      --sample-rate <rate>       share of requests that are traced (default: SENTRY_TRACES_SAMPLE_RATE,
                                 else 0.1)
      --replays-per-day <count>  recordings of sessions (default: "0")
      --target <usd>             say what to turn down to stay within so many dollars a month
      -h, --help                 display help for command

    Examples:
      qr-obs cost --events-per-day 20000 --errors-per-day 100 --users 5000
      qr-obs cost --events-per-day 90000 --errors-per-day 3000 --users 40000 --spans-per-day 9000000 --target 150"
  `);
});

it('finds that a small platform costs nothing', async () => {
  const { exitCode, out } = await runInTest(['cost', ...SMALL]);
  expect(exitCode).toBe(0);
  expect(out).toMatchInlineSnapshot(`
    "A month of 30 days: 600,000 events of 5,000 people, 3,000 errors, 0 spans (10% of requests traced), 0 replays.

    Mixpanel
    * Free                 $0.00  up to 1,000,000 events; 5 saved reports a person, no cohorts
      Growth               $0.00  the first 1,000,000 events are free
      Enterprise  from $1,666.67  by people: 5,000 tracked users; sales name the price

    Sentry
    * Developer   $0.00  one member, no integrations such as Slack
      Team       $26.00  $26.00 a month when paid by the year
      Business   $80.00  $80.00 a month when paid by the year

    Together $0.00 a month on the plans marked *, before taxes.

    Prices: https://docs.mixpanel.com/docs/pricing, as of 2026-08-21.
    Prices: https://docs.mixpanel.com/docs/pricing/legacy-mtu-billing, as of 2026-08-21.
    Prices: https://sentry.io/pricing/, as of 2026-09-20.
    Prices: https://sentry.io/pricing/, as of 2026-05-05."
  `);
});

it('says what to turn down to stay within a sum, and exits 1', async () => {
  const { exitCode, out } = await runInTest(['cost', ...LARGE, '--replays-per-day', '100', '--target', '150']);
  expect(exitCode).toBe(1);
  expect(out).toMatchInlineSnapshot(`
    "A month of 30 days: 2,700,000 events of 40,000 people, 90,000 errors, 27,000,000 spans (10% of requests traced), 3,000 replays.

    Mixpanel
      Free                    no  reports are blocked beyond 1,000,000 events
    * Growth             $476.00  1,700,000 events beyond 1,000,000 at $0.00028; bought ahead they cost less
      Enterprise  from $1,666.67  by people: 40,000 tracked users; sales name the price

    Sentry
      Developer       no  drops what is beyond 5,000 errors, 5,000,000 spans, 50 replays
    * Team        $95.56  $26.00 a month when paid by the year, errors $14.50, spans $44.00 (unconfirmed), replays $11.06 (unconfirmed)
      Business   $223.56  $80.00 a month when paid by the year, errors $44.50 (unconfirmed), spans $88.00 (unconfirmed), replays $11.06 (unconfirmed)

    Together $571.56 a month on the plans marked *, before taxes.

    To stay within $150.00:
      SENTRY_TRACES_SAMPLE_RATE=0.0185 (and VITE_SENTRY_TRACES_SAMPLE_RATE): 5,000,000 spans a month. Routes can have rates of their own in SENTRY_ROUTE_SAMPLE_RATES.
      VITE_SENTRY_REPLAY_SAMPLE_RATE to 1.69% of what it is: 50 replays a month.
      SENTRY_ERROR_BUDGET_PER_MONTH=5000 divided by the number of processes: more errors of a kind are counted and not sent.
      56.8% of the events: 1,535,714 a month. Let the most frequent ones go to analytics only (destinations in the plan), or track one of N and give it the weight N.
    Then $150.00 a month.

    Unconfirmed: Sentry's rates for spans are of July 2025, when 10M spans were included instead of 5M.
    Unconfirmed: Sentry's rates for replays are of July 2025.
    Unconfirmed: Sentry's rates for errors on Business are of July 2025.
    Prices: https://docs.mixpanel.com/docs/pricing, as of 2026-08-21.
    Prices: https://docs.mixpanel.com/docs/pricing/legacy-mtu-billing, as of 2026-08-21.
    Prices: https://sentry.io/pricing/, as of 2026-09-20.
    Prices: https://docs.sentry.io/pricing/, as of 2025-07.
    Prices: https://sentry.io/pricing/, as of 2026-05-05."
  `);
});

it('exits 0 when the sum is kept', async () => {
  const { exitCode, out } = await runInTest(['cost', ...SMALL, '--target', '10']);
  expect(exitCode).toBe(0);
  expect(out).toContain('That is within $10.00.');
});

it('takes the trace rate from the platform, unless it is told another', async () => {
  const env = { SENTRY_TRACES_SAMPLE_RATE: '0.5' };
  const spansOf = async (...options: string[]) =>
    JSON.parse((await runInTest(['cost', ...LARGE, '--json', ...options], { env })).out).volume.spans;
  expect(await spansOf()).toBe(135_000_000);
  expect(await spansOf('--sample-rate', '0.01')).toBe(2_700_000);
});

it('answers the same as JSON', async () => {
  const result = JSON.parse((await runInTest(['cost', ...LARGE, '--target', '150', '--json'])).out);
  expect(result.plans).toHaveLength(6);
  expect(result.plans[0]).toMatchObject({ vendor: 'Mixpanel', title: 'Free', usd: null, isBest: false });
  expect(result.plans[4]).toMatchObject({ vendor: 'Sentry', title: 'Team', isBest: true });
  expect(result.totalUsd).toBeCloseTo(560.5);
  expect(result.reduction.turns.map(({ knob }: { knob: string }) => knob)).toEqual(['spans', 'errors', 'events']);
});

it.each([
  [['--events-per-day', 'many'], '--events-per-day must be a whole number of 0 or more, such as 20000, got "many"'],
  [['--users', '-1'], '--users must be a whole number'],
  [['--sample-rate', '2'], '--sample-rate must be a number from 0 to 1, such as 0.1, got "2"'],
  [['--target', 'cheap'], '--target must be dollars a month, such as 150, got "cheap"'],
])('refuses %j, and exits 2', async (options, sentence) => {
  const { exitCode, notes } = await runInTest(['cost', ...SMALL, ...options]);
  expect(exitCode).toBe(2);
  expect(notes).toContain(sentence);
});

it('names what is missing', async () => {
  const { exitCode, notes } = await runInTest(['cost', '--users', '1']);
  expect(exitCode).toBe(2);
  expect(notes).toContain("required option '--events-per-day <count>' not specified");
});
