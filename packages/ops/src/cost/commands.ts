import { action, addCommand } from '../cli/command.ts';
import { CommandError } from '../cli/command-error.ts';
import { exitCodes } from '../cli/exit-code.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { costLines } from './cost-lines.ts';
import { toCostResult } from './cost-result.ts';
import { type CostInput, estimateCost } from './estimate.ts';

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
export const addCostCommands: CommandGroup = (program, context, exit) => {
  const cost = addCommand(program, 'cost', {
    summary: 'Estimate what both vendors cost a month, and how to stay within a sum',
    details:
      'Prices are kept in packages/ops/src/cost/prices.ts, each with its source and date; what could not be confirmed is called so. Exit code 1 when --target is exceeded.',
    examples: [
      'qr-obs cost --events-per-day 20000 --errors-per-day 100 --users 5000',
      'qr-obs cost --events-per-day 90000 --errors-per-day 3000 --users 40000 --spans-per-day 9000000 --target 150',
    ],
  })
    .requiredOption('--events-per-day <count>', 'events that go to Mixpanel')
    .requiredOption('--errors-per-day <count>', 'errors that go to Sentry')
    .requiredOption('--users <count>', 'people in a month, visitors included')
    .option('--spans-per-day <count>', 'spans if every request were traced', '0')
    .option('--sample-rate <rate>', 'share of requests that are traced (default: SENTRY_TRACES_SAMPLE_RATE, else 0.1)')
    .option('--replays-per-day <count>', 'recordings of sessions', '0')
    .option('--target <usd>', 'say what to turn down to stay within so many dollars a month');
  action(cost, context, exit, async (options: CostOptions) => {
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
  });
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
