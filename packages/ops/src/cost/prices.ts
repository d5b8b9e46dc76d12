/** Where a price was read, and when. */
export interface PriceSource {
  readonly url: string;
  /** As precisely as it is known: a day or a month. */
  readonly readOn: string;
}

/** One number of a price list, in US dollars or in units. */
export interface Figure {
  readonly value: number;
  readonly source: PriceSource;
  /** Why it may be wrong today; absent where the vendor's own page of that day says it. */
  readonly unconfirmed?: string;
}

/** What a unit costs beyond what is included, by volume: each price holds up to a volume, for the units below it. */
export interface Tiers {
  readonly steps: readonly { readonly upTo: number; readonly price: number }[];
  readonly source: PriceSource;
  readonly unconfirmed?: string;
}

/** What Sentry counts and bills on its own. */
export type SentryCategory = 'errors' | 'spans' | 'replays';

/** One of Sentry's plans. */
export interface SentryPlanPrices {
  readonly title: string;
  readonly perMonth: Figure;
  readonly included: Readonly<Record<SentryCategory, Figure>>;
  /** Pay-as-you-go; absent where what is beyond the included volume is dropped. Reserved volume costs a fifth less. */
  readonly beyond?: Readonly<Record<SentryCategory, Tiers>>;
}

const mixpanelPricing: PriceSource = { url: 'https://docs.mixpanel.com/docs/pricing', readOn: '2026-08-21' };
const mixpanelMtu: PriceSource = {
  url: 'https://docs.mixpanel.com/docs/pricing/legacy-mtu-billing',
  readOn: '2026-08-21',
};
/** Transcriptions of the page; the page itself was not read. */
const sentryPricing: PriceSource = { url: 'https://sentry.io/pricing/', readOn: '2026-09-20' };
const sentryPricingInMay: PriceSource = { url: 'https://sentry.io/pricing/', readOn: '2026-05-05' };
/** A copy from before the included spans were halved. */
const sentryDocs: PriceSource = { url: 'https://docs.sentry.io/pricing/', readOn: '2025-07' };

/** Mixpanel bills events, across all projects, when they arrive; only an Enterprise contract bills people (MTU). */
export const mixpanelPrices = {
  freeEvents: { value: 1_000_000, source: mixpanelPricing },
  growthIncludedEvents: { value: 1_000_000, source: mixpanelPricing },
  /** The rate of who has bought no volume; the discounts for volume are not published. */
  growthPerEvent: { value: 0.00028, source: mixpanelPricing },
  enterprisePerYear: { value: 20_000, source: mixpanelMtu },
  /** Beyond so many events a person, a thousandth of the events counts instead of the people. */
  enterpriseEventsPerUser: { value: 1000, source: mixpanelMtu },
} satisfies Record<string, Figure>;

const olderSpans = "Sentry's rates for spans are of July 2025, when 10M spans were included instead of 5M";
const olderReplays = "Sentry's rates for replays are of July 2025";
const olderErrors = "Sentry's rates for errors on Business are of July 2025";

const included = (errors: number, source: PriceSource): Readonly<Record<SentryCategory, Figure>> => ({
  errors: { value: errors, source },
  spans: { value: 5_000_000, source },
  replays: { value: 50, source },
});

const replays: Tiers = {
  steps: [
    { upTo: 5000, price: 0.00375 },
    { upTo: 100_000, price: 0.003563 },
    { upTo: 900_000, price: 0.003206 },
    { upTo: 4_500_000, price: 0.002886 },
    { upTo: Number.POSITIVE_INFINITY, price: 0.002453 },
  ],
  source: sentryDocs,
  unconfirmed: olderReplays,
};

/** Sentry's plans in the order of their price, billed by the year; by the month they cost more. */
export const sentryPrices: readonly SentryPlanPrices[] = [
  {
    title: 'Developer',
    perMonth: { value: 0, source: sentryPricing },
    included: included(5000, sentryPricing),
  },
  {
    title: 'Team',
    perMonth: { value: 26, source: sentryPricing },
    included: included(50_000, sentryPricing),
    beyond: {
      errors: {
        steps: [
          { upTo: 100_000, price: 0.0003625 },
          { upTo: 500_000, price: 0.0002188 },
          { upTo: 10_000_000, price: 0.0001875 },
          // From here on of July 2025; the steps above are the same in both.
          { upTo: 20_000_000, price: 0.0001625 },
          { upTo: Number.POSITIVE_INFINITY, price: 0.00015 },
        ],
        source: sentryPricing,
      },
      spans: {
        steps: [
          { upTo: 100_000_000, price: 0.000002 },
          { upTo: Number.POSITIVE_INFINITY, price: 0.0000018 },
        ],
        source: sentryDocs,
        unconfirmed: olderSpans,
      },
      replays,
    },
  },
  {
    title: 'Business',
    perMonth: { value: 80, source: sentryPricingInMay },
    included: included(50_000, sentryPricingInMay),
    beyond: {
      errors: {
        steps: [
          { upTo: 100_000, price: 0.0011125 },
          { upTo: 500_000, price: 0.000625 },
          { upTo: 10_000_000, price: 0.000375 },
          { upTo: 20_000_000, price: 0.000325 },
          { upTo: Number.POSITIVE_INFINITY, price: 0.0003 },
        ],
        source: sentryDocs,
        unconfirmed: olderErrors,
      },
      spans: {
        steps: [
          { upTo: 100_000_000, price: 0.000004 },
          { upTo: Number.POSITIVE_INFINITY, price: 0.0000036 },
        ],
        source: sentryDocs,
        unconfirmed: olderSpans,
      },
      replays,
    },
  },
];
