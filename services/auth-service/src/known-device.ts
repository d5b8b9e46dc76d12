import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
// For the types of `request.cookies` and `reply.setCookie`.
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { User } from './store.ts';

/** Browsers keep no cookie for longer than 400 days: https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html */
const MAX_AGE_SECONDS = 400 * 86_400;
/** 128 random bits and a SHA-256. */
const MARK = /^([\w-]{22})\.([\w-]{43})$/;

/** Knows the browsers in which an account was logged in before: what strangers guess does not hinder those. */
export type KnownDevice = ReturnType<typeof createKnownDevice>;

/** Makes the cookie that marks a browser. It opens nothing by itself, and stays when the session ends. */
export function createKnownDevice({ secret, secure }: { readonly secret: string; readonly secure: boolean }) {
  const name = secure ? '__Host-device' : 'device';
  const options = { httpOnly: true, sameSite: 'strict', secure, path: '/' } as const;
  // The stored hash has a salt of its own, so it names one password of one account: a new password ends all marks.
  const signatureOf = (device: string, { id, passwordHash }: User) =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['known device', device, id, passwordHash]))
      .digest();
  return {
    /** Returns the id of the browser when it bears a mark of this very account and its present password. */
    read(request: FastifyRequest, user: User): string | undefined {
      const [, device, signature] = MARK.exec(request.cookies[name] ?? '') ?? [];
      if (device === undefined || signature === undefined) return undefined;
      const shown = Buffer.from(signature, 'base64url');
      const expected = signatureOf(device, user);
      return shown.length === expected.length && timingSafeEqual(shown, expected) ? device : undefined;
    },
    remember(reply: FastifyReply, user: User): void {
      const device = randomBytes(16).toString('base64url');
      const mark = `${device}.${signatureOf(device, user).toString('base64url')}`;
      reply.setCookie(name, mark, { ...options, maxAge: MAX_AGE_SECONDS });
    },
    forget(reply: FastifyReply): void {
      reply.clearCookie(name, options);
    },
  };
}
