import { type ExitCode, exitCodes } from './exit-code.ts';

/** Ends a command with a sentence for its user: what was expected, what came, what to do. */
export class CommandError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, options: ErrorOptions & { readonly exitCode?: ExitCode } = {}) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = options.exitCode ?? exitCodes.usage;
  }
}
