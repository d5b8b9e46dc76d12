import type { ErrorBody } from '@qr/telemetry/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemBody } from './pages/problem.ts';
import { type ProblemText, problemText } from './pages/problem-texts.ts';

/** Which errors are shown to people. */
export interface ErrorPages {
  /** Whether people open this path in a browser. Its errors are a page there, and JSON for clients that ask for JSON. */
  readonly covers: (path: string) => boolean;
  /** Returns what the page says of a status. @default general words, which are also used where it returns `undefined` */
  readonly textOf?: (statusCode: number) => ProblemText | undefined;
  /** Called before an error under such a path is answered. */
  readonly onFailure?: (request: FastifyRequest, statusCode: number, path: string) => void;
}

/** Prepares the answer to a failed request and returns its body. */
export type AnswerFailure = (
  request: FastifyRequest,
  reply: FastifyReply,
  statusCode: number,
  body: ErrorBody,
) => string | ErrorBody;

/** Returns the function that answers failed requests: as JSON, or as a page where `errorPages` says so. */
export function createFailureAnswer(errorPages: ErrorPages | undefined): AnswerFailure {
  return (request, reply, statusCode, body) => {
    const path = errorPages && pathOf(request.url);
    if (path === undefined || !errorPages?.covers(path)) {
      reply.code(statusCode).type('application/json; charset=utf-8');
      return body;
    }
    errorPages.onFailure?.(request, statusCode, path);
    const text = errorPages.textOf?.(statusCode) ?? problemText(statusCode);
    return problemBody(request, reply, { statusCode, ...text, errorId: body.errorId }, body);
  };
}

/** The path as the router reads it, `/%73can/1` as `/scan/1`. */
function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
