import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Config, defineConfig, findConfig, loadConfig } from '@qr/alerts/config';
import { Command, CommanderError } from 'commander';
import { addAlertsCommands } from '../alerts/commands.ts';
import { addCostCommands } from '../cost/commands.ts';
import { addDashboardsCommands } from '../dashboards/commands.ts';
import { addDoctorCommand } from '../doctor/commands.ts';
import { addForgetCommand } from '../forget/commands.ts';
import { addPlanCommands } from '../plan/commands.ts';
import { addReleaseCommands } from '../release/commands.ts';
import { addSpoolCommands } from '../spool/commands.ts';
import { type CliContext, type CommandContext, CommandError, type ExitCode, exitCodes } from './command.ts';

/** Adds its commands to the program. */
export type CommandGroup = (program: Command, context: CliContext) => void;

/** The width of help texts, the same on every terminal. */
const HELP_WIDTH = 100;

const EXIT_CODES = `
Exit codes: 0 done, or yes; 1 the answer is no: something is wrong, differs, fires or breaks;
            2 the command line or the environment is not usable; 3 a vendor or a service refused
            or could not be reached.
The platform is the one whose observability.config.ts is nearest, from the working directory
upwards; --root <folder> or --config <file> name another.
Variables are read from the environment and .env. On a laptop without accounts the local inbox
stands in for both vendors.`;

/** Runs one command line and resolves with its exit code; never rejects. @param args what follows the program's name. */
export async function runCli(
  args: readonly string[],
  context: CommandContext,
  groups: readonly CommandGroup[],
): Promise<number> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = new Command('qr-obs')
    .description('Checks, applies and explains the observability of the QR platform.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.out(text.trimEnd()),
      writeErr: (text) => context.note(text.trimEnd()),
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('(--help says what there is)')
    .addHelpText('after', EXIT_CODES);
  const exit = (code: ExitCode) => {
    exitCode = code;
  };
  for (const addCommands of groups) addCommands(program, { ...context, exit });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (context.signal.aborted) {
      context.note('Interrupted.');
      return 130;
    }
    if (error instanceof CommandError) {
      context.note(context.style.bad(error.message));
      return error.exitCode;
    }
    context.note(context.style.bad(`Something unexpected went wrong: ${String(error)}`));
    if (context.env['DEBUG'] && error instanceof Error) context.note(error.stack ?? '');
    return exitCodes.refused;
  }
}

/** In the order in which `--help` lists them. */
export const groups: readonly CommandGroup[] = [
  addDoctorCommand,
  addAlertsCommands,
  addDashboardsCommands,
  addPlanCommands,
  addSpoolCommands,
  addForgetCommand,
  addCostCommands,
  addReleaseCommands,
];

/** The platform that a command line is about. */
interface FoundPlatform {
  /** The command line without `--root` and `--config`. */
  readonly args: readonly string[];
  readonly root: string;
  readonly config: () => Promise<Config>;
}

/**
 * Finds the platform by `--config` or `--root`, else from the working directory upwards. The config is loaded once, when a command asks for it: help
 * must not depend on it. Without a config file there are no services and no plan.
 *
 * @throws CommandError when one of the options has no value.
 */
export function findPlatform(given: readonly string[], cwd: string): FoundPlatform {
  const { tokens } = parseArgs({
    args: [...given],
    options: { root: { type: 'string' }, config: { type: 'string' } },
    strict: false,
    tokens: true,
  });
  const taken = new Set<number>();
  const values = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option' || (token.name !== 'root' && token.name !== 'config')) continue;
    if (!token.value) throw new CommandError(`--${token.name} needs a value: --${token.name} <path>.`);
    values.set(token.name, resolve(cwd, token.value));
    taken.add(token.index);
    if (!token.inlineValue) taken.add(token.index + 1);
  }
  const from = values.get('root') ?? cwd;
  const file = values.get('config') ?? findConfig(from);
  let loading: Promise<Config> | undefined;
  return {
    args: given.filter((_, index) => !taken.has(index)),
    root: values.get('root') ?? (file === undefined ? cwd : dirname(file)),
    config: () => {
      loading ??= loadConfig({ from, file }).then((config) => config ?? defineConfig({}), refuse);
      return loading;
    },
  };
}

function refuse(error: unknown): never {
  throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
}
