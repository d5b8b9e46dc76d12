import type { ErrorBody } from '@qr/telemetry/privacy';

/** The service answered, and the answer is no. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: Partial<ErrorBody>;

  constructor(status: number, body: Partial<ErrorBody>) {
    super(body.message ?? 'The service could not do this. Please try again.');
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
  }
}

/** No answer came. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('No connection to the service. Check your network and try again.', { cause });
    this.name = 'NetworkError';
  }
}
