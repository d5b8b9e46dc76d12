import type { Style } from '../cli/style.ts';
import type { CostEstimate, CostInput, Reduction, VendorEstimate } from './estimate.ts';
import { dollars, grouped, type PlanCost } from './plan-cost.ts';
import type { Knob, Turn } from './reach-target.ts';
import { DAYS_A_MONTH, type Volume } from './volume.ts';

/** An estimate for people. */
export function costLines(input: CostInput, estimate: CostEstimate, style: Style): string[] {
  const { volume, vendors, totalUsd, reduction, sources, unconfirmed } = estimate;
  return [
    `A month of ${DAYS_A_MONTH} days: ${grouped(volume.events)} events of ${grouped(volume.users)} people, ${grouped(volume.errors)} errors, ${grouped(volume.spans)} spans (${percent(input.sampleRate)} of requests traced), ${grouped(volume.replays)} replays.`,
    ...vendors.flatMap((vendor) => ['', style.strong(vendor.vendor), ...planLines(vendor, style)]),
    '',
    style.strong(`Together ${dollars(totalUsd)} a month on the plans marked *, before taxes.`),
    ...(reduction ? ['', ...reductionLines(reduction, input, style)] : []),
    '',
    ...unconfirmed.map((reason) => style.warning(`Unconfirmed: ${reason}.`)),
    ...sources.map(({ url, readOn }) => style.faint(`Prices: ${url}, as of ${readOn}.`)),
  ];
}

function planLines({ plans, best }: VendorEstimate, style: Style): string[] {
  const prices = plans.map(({ usd, isFrom }) => (usd === undefined ? 'no' : `${isFrom ? 'from ' : ''}${dollars(usd)}`));
  const titleWidth = Math.max(...plans.map(({ title }) => title.length));
  const priceWidth = Math.max(...prices.map((price) => price.length));
  return plans.map((plan: PlanCost, index) => {
    const line = `${plan === best ? '*' : ' '} ${plan.title.padEnd(titleWidth)}  ${(prices[index] ?? '').padStart(priceWidth)}  ${plan.reason}`;
    return plan === best ? style.good(line) : line;
  });
}

function reductionLines({ targetUsd, turns, volume, totalUsd }: Reduction, input: CostInput, style: Style): string[] {
  if (turns.length === 0) return [style.good(`That is within ${dollars(targetUsd)}.`)];
  return [
    style.warning(`To stay within ${dollars(targetUsd)}:`),
    ...turns.map((turn) => `  ${adviceOf[turn.knob](turn, volume, input)}`),
    `Then ${dollars(totalUsd)} a month.`,
  ];
}

const adviceOf: Readonly<Record<Knob, (turn: Turn, volume: Volume, input: CostInput) => string>> = {
  spans: ({ share }, { spans }, { sampleRate }) =>
    `SENTRY_TRACES_SAMPLE_RATE=${roundedDown(sampleRate * share)} (and VITE_SENTRY_TRACES_SAMPLE_RATE): ${grouped(spans)} spans a month. Routes can have rates of their own in SENTRY_ROUTE_SAMPLE_RATES.`,
  replays: ({ share }, { replays }) =>
    `VITE_SENTRY_REPLAY_SAMPLE_RATE to ${percent(share)} of what it is: ${grouped(replays)} replays a month.`,
  errors: (_turn, { errors }) =>
    `SENTRY_ERROR_BUDGET_PER_MONTH=${Math.floor(errors)} divided by the number of processes: more errors of a kind are counted and not sent.`,
  events: ({ share }, { events }) =>
    `${percent(share)} of the events: ${grouped(events)} a month. Let the most frequent ones go to analytics only (destinations in the plan), or track one of N and give it the weight N.`,
};

function percent(share: number): string {
  return `${roundedDown(share * 100)}%`;
}

/** To three digits, never up: a setting that is rounded up costs more than was said. */
function roundedDown(value: number): number {
  if (value === 0) return 0;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 2);
  return Number((Math.floor(value / unit + 1e-9) * unit).toPrecision(3));
}
