import { describe, expect, it } from 'vitest';
import { cheapest, mixpanelCosts, sentryCosts, tieredCost } from '../../src/cost/estimate.ts';
import { type Figure, mixpanelPrices, sentryPrices, type Tiers } from '../../src/cost/prices.ts';

const none = { errors: 0, spans: 0, replays: 0 };

describe('Mixpanel', () => {
  it.each([
    [1_000_000, 'Free', 0],
    [1_000_001, 'Growth', 0.00028],
    [2_000_000, 'Growth', 280],
    [6_900_000, 'Growth', 1652],
    [7_000_000, 'Enterprise', 20_000 / 12],
  ])('%i events are cheapest on %s', (events, title, usd) => {
    const best = cheapest(mixpanelCosts({ events, users: 10 }));
    expect(best?.title).toBe(title);
    expect(best?.usd).toBeCloseTo(usd);
  });

  it.each([
    [50_000, 1_000_000, '50,000 tracked users'],
    [10, 1_000_000, '1,000 tracked users'],
  ])('%i people with %i events are %s by contract', (users, events, text) => {
    expect(mixpanelCosts({ events, users })[2]?.reason).toContain(text);
  });
});

describe('Sentry', () => {
  it.each([
    [{ ...none, errors: 5000, spans: 5_000_000, replays: 50 }, 'Developer', 0],
    [{ ...none, errors: 5001 }, 'Team', 26],
    [{ ...none, errors: 50_000 }, 'Team', 26],
    [{ ...none, errors: 100_000 }, 'Team', 26 + 18.125],
    [{ ...none, spans: 6_000_000 }, 'Team', 28],
    [{ ...none, replays: 5050 }, 'Team', 26 + 4950 * 0.00375 + 50 * 0.003563],
  ])('%o is cheapest on %s', (volume, title, usd) => {
    const best = cheapest(sentryCosts(volume));
    expect(best?.title).toBe(title);
    expect(best?.usd).toBeCloseTo(usd);
  });

  it('says by which volume the free plan drops something', () => {
    expect(sentryCosts({ ...none, errors: 6000, replays: 60 })[0]).toMatchObject({
      usd: undefined,
      reason: 'drops what is beyond 5,000 errors, 50 replays',
    });
  });
});

it('takes each unit at the price of the step that it falls into', () => {
  const tiers: Tiers = {
    steps: [
      { upTo: 100, price: 2 },
      { upTo: Number.POSITIVE_INFINITY, price: 1 },
    ],
    source: { url: 'https://example.com', readOn: '2026-01' },
  };
  expect(tieredCost(tiers, 50, 50)).toBe(0);
  expect(tieredCost(tiers, 50, 60)).toBe(20);
  expect(tieredCost(tiers, 50, 150)).toBe(150);
  expect(tieredCost(tiers, 200, 210)).toBe(10);
});

it('every price names a page and a date', () => {
  const figures: (Figure | Tiers)[] = [
    ...Object.values(mixpanelPrices),
    ...sentryPrices.flatMap(({ perMonth, included, beyond = {} }) => [
      perMonth,
      ...Object.values(included),
      ...Object.values(beyond),
    ]),
  ];
  expect(figures.length).toBeGreaterThan(20);
  for (const { source } of figures) {
    expect(new URL(source.url).protocol).toBe('https:');
    expect(source.readOn).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
  }
});
