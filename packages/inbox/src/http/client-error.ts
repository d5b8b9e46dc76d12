/** What is wrong with a request, as Fastify found before any handler saw it. */
export interface ClientError {
  readonly status: number;
  readonly message: string;
}

/** Returns the status and message of an error that the client caused; undefined for our own. */
export function clientErrorOf(error: unknown): ClientError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode: status, message } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? { status, message } : undefined;
}
