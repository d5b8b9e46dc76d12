import { addAlertsCommands } from './alerts/commands.ts';
import type { CommandGroup } from './cli/run-cli.ts';
import { addCostCommands } from './cost/commands.ts';
import { addDashboardsCommands } from './dashboards/commands.ts';
import { addDoctorCommand } from './doctor/commands.ts';
import { addForgetCommand } from './forget/commands.ts';
import { addPlanCommands } from './plan/commands.ts';
import { addReleaseCommands } from './release/commands.ts';
import { addSpoolCommands } from './spool/commands.ts';

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
