import * as Sentry from '@sentry/node';

/** As most guides have it: the SDK's defaults, and an error handler that reports. */
export async function start({ dsn, rate }) {
  Sentry.init({ dsn, environment: 'production', ...(rate !== undefined && { tracesSampleRate: rate }) });
  // Loaded after `init`: the SDK hooks into modules as they load.
  const { default: Fastify } = await import('fastify');
  const { addRoutes } = await import('./routes.mjs');
  const app = Fastify();
  app.setErrorHandler((error, _request, reply) => {
    Sentry.captureException(error);
    void reply.code(error.statusCode ?? 500).send({ error: 'Internal Server Error' });
  });
  addRoutes(app);
  return { app };
}
