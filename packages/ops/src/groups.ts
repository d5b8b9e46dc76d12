import type { CommandGroup } from './cli/run-cli.ts';
import { addDoctorCommand } from './doctor/commands.ts';

/** In the order in which `--help` lists them. */
export const groups: readonly CommandGroup[] = [addDoctorCommand];
