import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { AppError } from './app-error.ts';

const badUrl = Symbol('a URL that cannot be decoded');

type MarkedMessage = IncomingMessage & { [badUrl]?: true };

/**
 * Returns the handler of URLs that cannot be decoded, such as `/scan/%E0%A4%A`. Fastify would answer them before any hook, without security headers, rate
 * limit and error handler. This handler routes them with literal percent signs instead, and {@link refuseBadUrls} refuses them.
 */
export function routeBadUrls(app: () => FastifyInstance): NonNullable<FastifyServerOptions['frameworkErrors']> {
  return (_error, { raw }, reply) => {
    const message = raw as MarkedMessage;
    message[badUrl] = true;
    message.url = message.url?.replaceAll('%', '%25');
    app().routing(message, reply.raw);
  };
}

/** Adds the hook that answers 400 to URLs that cannot be decoded. Hooks that count requests come before it. */
export function refuseBadUrls(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const isBad = (request.raw as MarkedMessage)[badUrl] === true;
    done(
      isBad ? new AppError({ code: 'bad_url', message: 'The address has a part that cannot be decoded.' }) : undefined,
    );
  });
}
