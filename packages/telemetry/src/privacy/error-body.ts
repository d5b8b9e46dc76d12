/** The body of every error answer, on both sides of the wire. */
export interface ErrorBody {
  /** The HTTP reason, such as `Bad Request`. */
  readonly error: string;
  /** A sentence for people; says nothing internal when the status is 5xx in production. */
  readonly message: string;
  /** The Sentry event id of a 5xx: 32 hex digits to quote to support. */
  readonly errorId?: string;
  /** The field that a 400 complains about, such as `destinationUrl`. */
  readonly field?: string;
}

const EVENT_ID = /^[0-9a-f]{32}$/;

/** Reads an unknown answer as an error body; what is missing or malformed is left out. */
export function readErrorBody(value: unknown): Partial<ErrorBody> {
  if (typeof value !== 'object' || value === null) return {};
  const { error, message, errorId, field } = value as Record<string, unknown>;
  return {
    ...(typeof error === 'string' && { error }),
    ...(typeof message === 'string' && { message }),
    ...(typeof errorId === 'string' && EVENT_ID.test(errorId) && { errorId }),
    ...(typeof field === 'string' && { field }),
  };
}
