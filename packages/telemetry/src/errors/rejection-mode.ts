/** What Node does with a rejection that nobody handles. */
export type RejectionMode = 'throw' | 'strict' | 'warn' | 'none' | 'warn-with-error-codes';

const OPTION = /(?:^|\s)--unhandled[-_]rejections(?:=|\s+)["']?(throw|strict|warn-with-error-codes|warn|none)\b/g;

/** The mode by the options of Node that this process was started with. @see https://nodejs.org/api/cli.html#--unhandled-rejectionsmode */
export function rejectionMode(
  execArgv: readonly string[] = process.execArgv,
  nodeOptions: string = process.env['NODE_OPTIONS'] ?? '',
): RejectionMode {
  // Those of the command line come last and win.
  const given = [...`${nodeOptions} ${execArgv.join(' ')}`.matchAll(OPTION)].at(-1)?.[1];
  return (given as RejectionMode | undefined) ?? 'throw';
}
