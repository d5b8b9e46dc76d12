import type { CommandGroup } from './cli/run-cli.ts';
import { addCostCommands } from './cost/commands.ts';
import { addDoctorCommand } from './doctor/commands.ts';
import { addPlanCommands } from './plan/commands.ts';
import { addReleaseCommands } from './release/commands.ts';

/** In the order in which `--help` lists them. */
export const groups: readonly CommandGroup[] = [addDoctorCommand, addPlanCommands, addCostCommands, addReleaseCommands];
