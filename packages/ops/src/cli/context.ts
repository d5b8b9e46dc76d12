import type { Config } from '@qr/alerts/config';
import type { Plan } from '@qr/plan';
import { CommandError } from './command-error.ts';
import type { Surroundings } from './environment.ts';
import type { Style } from './style.ts';

/** Everything outside that a command may touch; tests pass their own. */
export interface CommandContext extends Surroundings {
  /** The folder of `observability.config.ts`, with `.env` and `.data`. */
  readonly root: string;
  /** Loads the config. @throws CommandError when it is not valid. */
  readonly config: () => Promise<Config>;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Writes a line of the answer. */
  readonly out: (line: string) => void;
  /** Writes a line beside the answer: progress, warnings, errors. */
  readonly note: (line: string) => void;
  /** Colours on a terminal, plain text elsewhere. */
  readonly style: Style;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Returns the tracking plan. @throws CommandError when the config names none. */
export async function requirePlan({ config }: Pick<CommandContext, 'config'>): Promise<Plan> {
  const plan = await (await config()).loadPlan();
  if (plan) return plan;
  throw new CommandError(
    'There is no tracking plan: observability.config.ts is missing or has no plan. Run this in its folder, or name that with --root.',
  );
}
