import type { CommandGroup } from './cli/run-cli.ts';
import { addForgetCommand } from './forget/commands.ts';
import { addSpoolCommands } from './spool/commands.ts';

/** In the order in which `--help` lists them. */
export const groups: readonly CommandGroup[] = [addSpoolCommands, addForgetCommand];
