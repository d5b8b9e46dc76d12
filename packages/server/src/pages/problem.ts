import { STATUS_CODES } from 'node:http';
import type { ErrorBody } from '@qr/telemetry/privacy';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../app-error.ts';
import type { Server } from '../build-server.ts';
import { html, pageHeaders, renderDocument } from './document.ts';

/** What a page says of an error. */
export interface ProblemText {
  readonly title: string;
  /** What to do, in a sentence or two. */
  readonly advice: string;
}

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

/** Returns what a page says of an error status, unless the application has words of its own for it. */
export function problemText(statusCode: number): ProblemText {
  return BY_STATUS[statusCode] ?? (statusCode >= 500 ? (BY_STATUS[500] ?? AWAY) : REFUSED);
}

/** Answers 405 to methods other than GET and HEAD on a path that people open, before a body is read. */
export function refuseOtherMethods(app: Server, url: string): void {
  app.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url,
    schema: { hide: true },
    onRequest: (_request, reply, done) => {
      reply.header('allow', 'GET, HEAD');
      const message = 'This address supports GET and HEAD only.';
      done(new AppError({ statusCode: 405, code: 'wrong_method', message }));
    },
    handler: () => {},
  });
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

const AWAY: ProblemText = {
  title: 'This page cannot be reached right now',
  advice: 'The fault is on our side. Try again in a minute.',
};

const BY_STATUS: Readonly<Record<number, ProblemText>> = {
  400: {
    title: 'This address is not valid',
    advice: 'A part of it may be missing. Check the address.',
  },
  404: { title: 'There is no page here', advice: 'Check the address.' },
  405: {
    title: 'This request is not supported',
    advice: 'Open the address in a browser.',
  },
  429: {
    title: 'Too many requests',
    advice: 'There were too many requests from your network. Wait a minute, then try again.',
  },
  500: { title: 'Something went wrong', advice: 'The fault is on our side. Try again in a minute.' },
  502: AWAY,
  503: AWAY,
  504: AWAY,
};

const REFUSED: ProblemText = {
  title: 'This request was refused',
  advice: 'Check the address.',
};

const PAGE = /^(?:text\/html|application\/xhtml\+xml)$/i;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/i;

/**
 * Returns whether a client asks for JSON rather than for a page (RFC 9110, section 12.5.1). Where both are as good, the first one counts. A client that
 * names neither gets a page: the cameras of phones send any type, or no header at all.
 */
function prefersJson(accept: string | undefined): boolean {
  if (accept === undefined || !/json/i.test(accept)) return false;
  let isJson = false;
  let best = 0;
  for (const entry of accept.split(',')) {
    const [type = '', ...parameters] = entry.split(';').map((part) => part.trim());
    if (!PAGE.test(type) && !JSON_TYPE.test(type)) continue;
    const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
    const quality = weight === undefined ? 1 : Number(weight);
    if (!(quality > best)) continue;
    best = quality;
    isJson = JSON_TYPE.test(type);
  }
  return isJson;
}
