import { libraryPath, serverPath } from '../../delivery/library-path.mjs';

/** The error half alone, on the same bare server. */
export async function start({ dsn, rate }) {
  const { initializeSentry, observabilityStats } = await import(libraryPath);
  const { observabilityPlugin } = await import(serverPath);
  process.env.SENTRY_TRACES_SAMPLE_RATE = String(rate);
  initializeSentry('bench', dsn);
  const { default: Fastify } = await import('fastify');
  const { addRoutes } = await import('./routes.mjs');
  const app = Fastify();
  await app.register(observabilityPlugin);
  addRoutes(app);
  return { app, stats: observabilityStats };
}
