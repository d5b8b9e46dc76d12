import { addGroup } from '../cli/command.ts';
import type { CommandGroup } from '../cli/run-cli.ts';
import { addPlanCommands } from './plan/commands.ts';

/** `qr-obs alerts`: the rules of observability/alerts.ts, and the vendors. */
export const addAlertsCommands: CommandGroup = (program, context, exit) => {
  const group = addGroup(program, 'alerts', 'The alert rules of observability/alerts.ts, and the vendors');
  addPlanCommands(group, context, exit);
};
