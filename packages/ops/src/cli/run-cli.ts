import { Command, CommanderError } from 'commander';
import { addAlertsCommands } from '../alerts/commands.ts';
import { addCostCommands } from '../cost/commands.ts';
import { addDashboardsCommands } from '../dashboards/commands.ts';
import { addDoctorCommand } from '../doctor/commands.ts';
import { addForgetCommand } from '../forget/commands.ts';
import { addPlanCommands } from '../plan/commands.ts';
import { addReleaseCommands } from '../release/commands.ts';
import { addSpoolCommands } from '../spool/commands.ts';
import { type CommandContext, CommandError, type ExitCode, exitCodes } from './command.ts';

/** Adds its commands to the program. */
export type CommandGroup = (program: Command, context: CommandContext, exit: (code: ExitCode) => void) => void;

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
  for (const addCommands of groups)
    addCommands(program, context, (code) => {
      exitCode = code;
    });
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
