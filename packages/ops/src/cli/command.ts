import type { Config } from '@qr/alerts/config';
import { describePlatform } from '@qr/inbox/platforms';
import type { Plan } from '@qr/plan';
import type { Command } from 'commander';
import { isLocal, type Surroundings } from './environment.ts';
import type { Style } from './terminal.ts';

/** What a command found: the same as data for `--json` and as lines for people. */
export interface Outcome {
  readonly result: object;
  readonly lines: readonly string[];
  /** @default 0 */
  readonly exitCode?: ExitCode;
}

/** How a command is shown, and what it does. */
export interface CommandOptions<Options> {
  /** One line, without a full stop. */
  readonly summary: string;
  /** Below the summary in the command's own help. */
  readonly details?: string;
  /** Whole command lines. */
  readonly examples: readonly string[];
  /** Gets the command's options and then its arguments. @throws CommandError with what went wrong; {@link runCli} says it. */
  readonly run: (options: Options, ...args: string[]) => Promise<Outcome>;
}

/**
 * Adds a command with `--json` and examples in its help, which prints what it found and sets the exit code.
 *
 * @param usage as commander reads it: `diff <git-ref>`
 */
export function addCommand<Options>(
  { out, note, env, platforms, style, exit }: CliContext,
  parent: Command,
  usage: string,
  { summary, details, examples, run }: CommandOptions<Options>,
): Command {
  const command = parent
    .command(usage)
    .summary(summary)
    .description(details === undefined ? `${summary}.` : `${summary}.\n\n${details}`)
    .option('--json', 'answer with one JSON document, for tools')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`);
  return command.action(async () => {
    if (isLocal(env) && platforms.length > 1) note(style.faint(severalPlatforms(platforms)));
    const options = command.opts<Options & { json?: boolean }>();
    const { result, lines, exitCode = exitCodes.ok } = await run(options, ...command.args);
    if (options.json) out(JSON.stringify(result, null, 2));
    else for (const line of lines) out(line);
    exit(exitCode);
  });
}

/** Adds a name under which commands are gathered. */
export function addGroup(parent: Command, name: string, summary: string): Command {
  return parent.command(name).summary(summary).description(`${summary}.`);
}

/** Says which one is meant, where another could be. */
function severalPlatforms(platforms: CommandContext['platforms']): string {
  const list = platforms.map((platform) => `  ${describePlatform(platform)}`);
  return [
    `${platforms.length} platforms run:`,
    ...list,
    'This is about the first; for another one set INBOX_URL to its inbox.',
  ].join('\n');
}

/** @returns the value of a variable. @throws CommandError that says what it is for. */
export function requireVariable({ env }: CommandContext, name: string, what: string): string {
  const value = env[name]?.trim();
  if (value) return value;
  throw new CommandError(`${name} is not set. It must be ${what}; put it into .env or into the environment.`);
}

/** Returns the tracking plan. @throws CommandError when the config names none. */
export async function requirePlan({ config }: Pick<CommandContext, 'config'>): Promise<Plan> {
  const plan = await (await config()).loadPlan();
  if (plan) return plan;
  throw new CommandError(
    'There is no tracking plan: observability.config.ts is missing or has no plan. Run this in its folder, or name that with --root.',
  );
}

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

/** What commands are added with. */
export interface CliContext extends CommandContext {
  /** Sets the exit code. */
  readonly exit: (code: ExitCode) => void;
}

/** Ends a command with a sentence for its user: what was expected, what came, what to do. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, options: ErrorOptions & { readonly exitCode?: ExitCode } = {}) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = options.exitCode ?? exitCodes.usage;
  }
}

/** What the shell is told. */
export const exitCodes = {
  /** Done, or the answer is yes. */
  ok: 0,
  /** The answer is no: something is wrong, differs, fires, or breaks. */
  no: 1,
  /** The command line or the environment is not usable. */
  usage: 2,
  /** A vendor or a service could not be reached, or refused. */
  refused: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
