import { AppError } from './app-error.ts';

/** What `@fastify/rate-limit` throws for a request over the limit. Its own error could not be told from any that has a status. */
export function tooManyRequests(
  _request: unknown,
  context: { readonly statusCode: number; readonly after: string },
): AppError {
  return new AppError({
    statusCode: context.statusCode,
    code: 'too_many_requests',
    message: `Rate limit exceeded, retry in ${context.after}`,
  });
}
