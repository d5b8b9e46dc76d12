// For the types of `request.cookies` and `reply.setCookie`.
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { REFRESH_TTL_SECONDS } from './refresh-tokens.ts';

/** The cookie that holds the refresh token. */
export interface RefreshCookie {
  read(request: FastifyRequest): string;
  set(reply: FastifyReply, token: string): void;
  clear(reply: FastifyReply): void;
}

/** Makes the access to the refresh cookie. */
export function createRefreshCookie({ secure }: { readonly secure: boolean }): RefreshCookie {
  const name = secure ? '__Host-refresh' : 'refresh';
  const options = {
    httpOnly: true,
    // Only the app's own pages renew a session; nobody arrives by a link to do so.
    sameSite: 'strict',
    secure,
    // The browser knows this service as /api/auth behind the public origin and as /auth without it; a narrower path would fit one of them
    // only, and the `__Host-` prefix demands the root.
    path: '/',
  } as const;
  return {
    read: (request) => request.cookies[name] ?? '',
    set(reply, token) {
      reply.setCookie(name, token, { ...options, maxAge: REFRESH_TTL_SECONDS });
    },
    clear(reply) {
      reply.clearCookie(name, options);
    },
  };
}
