import type { CommandGroup } from './cli/run-cli.ts';
import { addCostCommands } from './cost/commands.ts';
import { addPlanCommands } from './plan/commands.ts';
import { addReleaseCommands } from './release/commands.ts';

/** In the order in which `--help` lists them. */
export const groups: readonly CommandGroup[] = [addPlanCommands, addCostCommands, addReleaseCommands];
