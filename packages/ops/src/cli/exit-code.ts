/** What the shell is told. */
export const exitCodes = {
  /** Done, or the answer is yes. */
  ok: 0,
  /** The answer is no: something is wrong, differs, fires, or breaks. */
  no: 1,
  /** The command line or the environment is not usable. */
  usage: 2,
  /** A vendor or a service could not be reached, or refused. */
  refused: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
