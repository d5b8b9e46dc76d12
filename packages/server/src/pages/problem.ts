import { STATUS_CODES } from 'node:http';
import type { ErrorBody } from '@qr/telemetry/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { renderDocument } from './document.ts';
import { html } from './html.ts';
import { prefersJson } from './prefers-json.ts';
import type { ProblemText } from './problem-texts.ts';
import { pageHeaders } from './style.ts';

/** An error that people see. */
export interface Problem extends ProblemText {
  readonly statusCode: number;
  /** The id under which the error is reported, to quote to support. */
  readonly errorId?: string | undefined;
}

/**
 * Sets status and headers of a reply and returns its body: a page, or JSON for a client that asks for it. Neither is cached, nor listed by search engines.
 *
 * @param body the JSON; by default it says the same as the page.
 */
export function problemBody(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
  body: ErrorBody = bodyOf(problem),
): string | ErrorBody {
  reply.code(problem.statusCode).headers({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex', vary: 'accept' });
  if (prefersJson(request.headers.accept)) {
    reply.type('application/json; charset=utf-8');
    return body;
  }
  reply.headers(pageHeaders);
  return problemPage(problem);
}

function bodyOf({ statusCode, title, advice, errorId }: Problem): ErrorBody {
  return {
    error: STATUS_CODES[statusCode] ?? 'Error',
    message: `${title}. ${advice}`,
    ...(errorId !== undefined && { errorId }),
  };
}

function problemPage({ statusCode, title, advice, errorId }: Problem): string {
  const isWorthTryingAgain = statusCode === 429 || statusCode >= 500;
  return renderDocument({
    title,
    head: html`<meta name="robots" content="noindex">`,
    main: html`<h1>${title}</h1>
<p>${advice}</p>
${errorId === undefined ? '' : html`<p>If it happens again, quote the error id ${errorId}.</p>`}
${isWorthTryingAgain ? html`<ul><li><a href="">Try again</a></li></ul>` : ''}`,
  });
}
