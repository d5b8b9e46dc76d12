/** What {@link AppError} takes. */
export interface AppErrorOptions {
  /** @default 400 */
  readonly statusCode?: number;
  /** A stable name for programs, such as `email_taken`. */
  readonly code: string;
  /** A sentence for people; it reaches the client. */
  readonly message: string;
  /** The field of the request that is wrong. */
  readonly field?: string;
  readonly cause?: unknown;
}

/** The same in every copy of this module, of which a process has two where `require()` and `import` load it apart. */
const BRAND = Symbol.for('@qr/server/app-error');

/** An outcome that a client is told about: thrown by handlers, answered as it is, and not reported below 500. */
export class AppError extends Error {
  readonly [BRAND] = true;
  readonly statusCode: number;
  readonly code: string;
  readonly field: string | undefined;

  static override [Symbol.hasInstance](value: unknown): value is AppError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  constructor({ statusCode = 400, code, message, field, cause }: AppErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AppError';
    this.statusCode = statusCode;
    this.code = code;
    this.field = field;
  }
}
