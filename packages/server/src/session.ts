import cookie from '@fastify/cookie';
import jwt from '@fastify/jwt';
import Type, { Compile, type Static, type TObject, type TProperties } from '@qr/plan/typebox';
import { internals, type TelemetryHandle } from '@qr/telemetry/internal';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { AppError } from './app-error.ts';

/** Who sent a request, as every service can read it without asking anyone: the user's id, and the claims of the application. */
export type Session<P extends TProperties = Record<never, never>> = { readonly userId: string } & Readonly<
  Static<TObject<P>>
>;

export interface SessionsOptions<P extends TProperties = Record<never, never>> {
  /** Whose error reports name the user of a request. */
  readonly telemetry: TelemetryHandle;
  /** Written into each token, and required of it: the name of the application. */
  readonly issuer: string;
  /** Schemas of what a token says of the user beside the id, such as `{ role: Type.String() }`. Tokens without these claims are not believed. @default none */
  readonly claims?: P;
  /** Signs the tokens, the same in every service; at least 32 characters. */
  readonly secret: string;
  /** True wherever the browser speaks HTTPS: the cookie is then `Secure` and bound to the host by its name. */
  readonly secureCookies: boolean;
  /** How long a token is believed. It cannot be revoked meanwhile, so keep it short. @default 900 */
  readonly ttlSeconds?: number;
  /** Origins, beside the one asked, whose pages may change things in a person's name. @default [] */
  readonly publicOrigins?: readonly string[];
}

/** Sessions of one service. Functions instead of decorators: their types reach other packages. */
export interface Sessions<S extends Session = Session> {
  /** Reads cookies, and refuses what pages of other origins ask to change. Register it before the routes. */
  readonly plugin: FastifyPluginAsync;
  /** Sets the session cookie. */
  issue(reply: FastifyReply, session: S): void;
  /** Removes the session cookie. */
  clear(reply: FastifyReply): void;
  /** The session of a request, `null` when it has no valid one. */
  read(request: FastifyRequest): S | null;
  /**
   * The session of a request that needs one; also says in error reports whose request it is.
   *
   * @throws AppError 401 without a valid session.
   */
  require(request: FastifyRequest): S;
}

const MIN_SECRET_LENGTH = 32;
/** Methods that promise to change nothing, RFC 9110, section 9.2.1. */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Makes the sessions of a service: a short-lived signed token in an httpOnly cookie.
 *
 * @throws Error when the secret is too short to resist guessing.
 */
export function createSessions<P extends TProperties = Record<never, never>>(
  options: SessionsOptions<P>,
): Sessions<Session<P>> {
  const { issuer, secret, secureCookies, ttlSeconds = 900, publicOrigins = [] } = options;
  const { errors } = options.telemetry[internals];
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new Error(
      `createSessions: expected a secret of at least ${MIN_SECRET_LENGTH} characters, got ${secret.length}. ` +
        'Make one with `openssl rand -base64 32` and set it as JWT_SECRET.',
    );
  }
  // Browsers accept the prefix only from the host itself over HTTPS, so no sibling domain can plant a session.
  const cookieName = secureCookies ? '__Host-session' : 'session';
  const cookieOptions = { httpOnly: true, sameSite: 'lax', secure: secureCookies, path: '/' } as const;
  const readClaims = createReadClaims(issuer, options.claims);
  const known = new WeakMap<FastifyRequest, Session<P> | null>();

  function verify(request: FastifyRequest): Session<P> | null {
    const token = request.cookies[cookieName];
    if (!token) return null;
    try {
      return readClaims(request.server.jwt.verify(token));
    } catch {
      // Forged, expired or garbled: to a visitor it is all the same.
      return null;
    }
  }

  function read(request: FastifyRequest): Session<P> | null {
    let session = known.get(request);
    if (session === undefined) {
      session = verify(request);
      known.set(request, session);
    }
    return session;
  }

  return {
    plugin: fp(async (app) => {
      await app.register(cookie);
      await app.register(jwt, {
        secret,
        sign: { algorithm: 'HS256', iss: issuer, expiresIn: `${ttlSeconds}s` },
        verify: { algorithms: ['HS256'], allowedIss: issuer, requiredClaims: ['exp', 'iat', 'iss'] },
      });
      app.addHook('onRequest', async (request) => refuseOtherOrigins(request, publicOrigins));
    }),
    issue(reply, { userId, ...claims }) {
      const token = reply.server.jwt.sign({ ...claims, sub: userId });
      reply.setCookie(cookieName, token, { ...cookieOptions, maxAge: ttlSeconds });
    },
    clear(reply) {
      reply.clearCookie(cookieName, cookieOptions);
    },
    read,
    require(request) {
      const session = read(request);
      if (!session) throw new AppError({ statusCode: 401, code: 'unauthorized', message: 'Log in to continue.' });
      errors.setUserContext({ id: session.userId });
      return session;
    },
  };
}

/** Returns the function that reads a session from the payload of a token; `null` for a token of another issuer, or without a claim. */
function createReadClaims<P extends TProperties>(issuer: string, claims: P | undefined) {
  const payloads = Compile(
    Type.Object({
      ...claims,
      // The JWT library compares an issuer only where there is one.
      iss: Type.Literal(issuer),
      sub: Type.String({ minLength: 1 }),
    }),
  );
  const names = Object.keys(claims ?? {});
  return (payload: unknown): Session<P> | null => {
    if (!payloads.Check(payload)) return null;
    const values = payload as Readonly<Record<string, unknown>>;
    const own = Object.fromEntries(names.flatMap((name) => (name in values ? [[name, values[name]]] : [])));
    // Checked against the schemas of the claims.
    return { userId: values['sub'], ...own } as Session<P>;
  };
}

/** Cookies travel with every request, so a page elsewhere could otherwise act in a person's name. Only browsers send an origin. */
function refuseOtherOrigins({ method, headers: { origin }, host }: FastifyRequest, allowed: readonly string[]): void {
  if (SAFE_METHODS.has(method) || origin === undefined || allowed.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new AppError({
    statusCode: 403,
    code: 'cross_origin',
    message: 'This request came from a page of another origin and was refused.',
  });
}
