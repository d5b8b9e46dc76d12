import { captureException } from '@qr/browser';
import { ApiError, NetworkError } from '../api/request.ts';

const UNEXPECTED = 'Something went wrong on our side. Please try again.';

/**
 * What to tell a person of a failed action. Answers of the API say it themselves, and the service has reported what is its fault;
 * anything else is a bug of this app and is reported from here.
 *
 * @param action a constant, such as `create_qr`; never anything that was typed.
 */
export function failureMessage(error: unknown, action: string): string {
  if (error instanceof NetworkError) return error.message;
  const errorId = error instanceof ApiError ? error.body.errorId : captureException(error, { action });
  const text = error instanceof ApiError ? error.message : UNEXPECTED;
  return errorId === undefined ? text : `${text} (Error id: ${errorId})`;
}
