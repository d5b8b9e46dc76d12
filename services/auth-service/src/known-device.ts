// For the types of `request.cookies` and `reply.setCookie`.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Knows the browsers in which an account was logged in before: what strangers guess does not lock those out. */
export interface KnownDevice {
  /** @param account whatever names it, the same at every call. */
  isKnown(request: FastifyRequest, account: string): boolean;
  remember(reply: FastifyReply, account: string): void;
  forget(reply: FastifyReply): void;
}

/** Browsers keep no cookie for longer than 400 days: https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html */
const MAX_AGE_SECONDS = 400 * 86_400;

/** Makes the cookie that marks a browser. It opens nothing by itself, and stays when the session ends. */
export function createKnownDevice({
  secret,
  secure,
}: {
  readonly secret: string;
  readonly secure: boolean;
}): KnownDevice {
  const name = secure ? '__Host-device' : 'device';
  const options = { httpOnly: true, sameSite: 'strict', secure, path: '/' } as const;
  const markOf = (account: string) => createHmac('sha256', secret).update(`known device ${account}`).digest();
  return {
    isKnown(request, account) {
      const shown = Buffer.from(request.cookies[name] ?? '', 'base64url');
      const expected = markOf(account);
      return shown.length === expected.length && timingSafeEqual(shown, expected);
    },
    remember(reply, account) {
      reply.setCookie(name, markOf(account).toString('base64url'), { ...options, maxAge: MAX_AGE_SECONDS });
    },
    forget(reply) {
      reply.clearCookie(name, options);
    },
  };
}
