import type { Surroundings } from './environment.ts';
import type { Style } from './style.ts';

/** Everything outside that a command may touch; tests pass their own. */
export interface CommandContext extends Surroundings {
  /** The root of the platform's repository, where `.env` and `.data` lie. */
  readonly root: string;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Writes a line of the answer. */
  readonly out: (line: string) => void;
  /** Writes a line beside the answer: progress, warnings, errors. */
  readonly note: (line: string) => void;
  /** Colours on a terminal, plain text elsewhere. */
  readonly style: Style;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
