import type { FastifyReply } from 'fastify';

/** Answers in the vendor's form: a detail, its causes, and the header that SDKs log. */
export function refuse(
  reply: FastifyReply,
  { status, detail, cause }: { readonly status: number; readonly detail: string; readonly cause?: string },
): FastifyReply {
  // A header holds neither line breaks nor other than Latin-1 characters.
  reply.header('x-sentry-error', detail.replace(/[^\x20-\x7e]/g, '?'));
  return reply.code(status).send({ detail, causes: cause === undefined ? [] : [cause] });
}
