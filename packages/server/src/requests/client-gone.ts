import type { FastifyReply } from 'fastify';

/** What Node, undici and the DOM call a piece of work that was given up. */
const CODES = new Set(['ABORT_ERR', 'UND_ERR_ABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);

/**
 * Whether an error only says that work was given up because the client went away (a page that was left, a proxy that passed that on): nobody waits
 * for the answer, and nothing is wrong. What else fails after a client has gone is still an incident.
 */
export function isClientGone({ raw: response }: FastifyReply, error: unknown): boolean {
  // Not by the request, from which a proxy may have taken its socket.
  if (!response.destroyed || response.writableFinished || typeof error !== 'object' || error === null) return false;
  try {
    const { name, code, message } = error as { readonly [Key in 'name' | 'code' | 'message']?: unknown };
    // The last is what Node raises on a request whose client has hung up.
    return name === 'AbortError' || CODES.has(String(code)) || (code === 'ECONNRESET' && message === 'aborted');
  } catch {
    // Getters that refuse.
    return false;
  }
}
