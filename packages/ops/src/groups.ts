import { addAlertsCommands } from './alerts/commands.ts';
import type { CommandGroup } from './cli/run-cli.ts';

/** In the order in which `--help` lists them. */
export const groups: readonly CommandGroup[] = [addAlertsCommands];
