import { addCommand, CommandError, exitCodes } from '../cli/command.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { type Style, tableOf } from '../cli/terminal.ts';
import {
  type CostEstimate,
  type CostInput,
  DAYS_A_MONTH,
  dollars,
  estimateCost,
  grouped,
  type Knob,
  type Reduction,
  type Turn,
  type VendorEstimate,
  type Volume,
} from './estimate.ts';

/** As in production where nothing else is set. */
const DEFAULT_SAMPLE_RATE = '0.1';

interface CostOptions {
  readonly eventsPerDay: string;
  readonly errorsPerDay: string;
  readonly users: string;
  readonly spansPerDay: string;
  readonly replaysPerDay: string;
  readonly sampleRate?: string;
  readonly target?: string;
}

/** `qr-obs cost`: what the vendors would take for a volume. */
export const addCostCommands: CommandGroup = (program, context) => {
  addCommand(context, program, 'cost', {
    summary: 'Estimate what both vendors cost a month, and how to stay within a sum',
    details:
      'Prices are kept in packages/ops/src/cost/prices.ts, each with its source and date; what could not be confirmed is called so. Exit code 1 when --target is exceeded.',
    examples: [
      'qr-obs cost --events-per-day 20000 --errors-per-day 100 --users 5000',
      'qr-obs cost --events-per-day 90000 --errors-per-day 3000 --users 40000 --spans-per-day 9000000 --target 150',
    ],
    run: async (options: CostOptions) => {
      const input: CostInput = {
        eventsPerDay: readCount('--events-per-day', options.eventsPerDay),
        errorsPerDay: readCount('--errors-per-day', options.errorsPerDay),
        users: readCount('--users', options.users),
        spansPerDay: readCount('--spans-per-day', options.spansPerDay),
        replaysPerDay: readCount('--replays-per-day', options.replaysPerDay),
        sampleRate:
          options.sampleRate === undefined
            ? readRate('SENTRY_TRACES_SAMPLE_RATE', context.env['SENTRY_TRACES_SAMPLE_RATE'] || DEFAULT_SAMPLE_RATE)
            : readRate('--sample-rate', options.sampleRate),
        targetUsd: options.target === undefined ? undefined : readDollars(options.target),
      };
      const estimate = estimateCost(input);
      const isOver = input.targetUsd !== undefined && estimate.totalUsd > input.targetUsd;
      return {
        result: toCostResult(input, estimate),
        lines: costLines(input, estimate, context.style),
        exitCode: isOver ? exitCodes.no : exitCodes.ok,
      };
    },
  })
    .requiredOption('--events-per-day <count>', 'events that go to Mixpanel')
    .requiredOption('--errors-per-day <count>', 'errors that go to Sentry')
    .requiredOption('--users <count>', 'people in a month, visitors included')
    .option('--spans-per-day <count>', 'spans if every request were traced', '0')
    .option('--sample-rate <rate>', 'share of requests that are traced (default: SENTRY_TRACES_SAMPLE_RATE, else 0.1)')
    .option('--replays-per-day <count>', 'recordings of sessions', '0')
    .option('--target <usd>', 'say what to turn down to stay within so many dollars a month');
};

function readCount(option: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new CommandError(`${option} must be a whole number of 0 or more, such as 20000, got "${value}".`);
}

function readRate(name: string, value: string): number {
  const rate = Number(value);
  if (value.trim() !== '' && rate >= 0 && rate <= 1) return rate;
  throw new CommandError(`${name} must be a number from 0 to 1, such as 0.1, got "${value}".`);
}

function readDollars(value: string): number {
  if (/^\d{1,9}(\.\d{1,2})?$/.test(value)) return Number(value);
  throw new CommandError(`--target must be dollars a month, such as 150, got "${value}".`);
}

/** What `--json` answers. A plan that does not take the volume has no price. */
function toCostResult(input: CostInput, { vendors, reduction, ...estimate }: CostEstimate): object {
  const plans = vendors.flatMap(({ vendor, plans, best }) =>
    plans.map((plan) => {
      const { title, usd = null, isFrom, reason } = plan;
      return { vendor, title, usd, isFrom, isBest: plan === best, reason };
    }),
  );
  return { input, ...estimate, plans, reduction: reduction ?? null };
}

/** An estimate for people. */
function costLines(input: CostInput, estimate: CostEstimate, style: Style): string[] {
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
  const rows = plans.map((plan) => [
    `${plan === best ? '*' : ' '} ${plan.title}`,
    plan.usd === undefined ? 'no' : `${plan.isFrom ? 'from ' : ''}${dollars(plan.usd)}`,
    plan.reason,
  ]);
  return tableOf(rows, ['left', 'right']).map((line) => (line.startsWith('*') ? style.good(line) : line));
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
