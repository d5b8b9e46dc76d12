import { libraryPath, serverPath } from '../../delivery/library-path.mjs';
import { addRoutes } from './routes.mjs';

/** Everything a service gets: security headers, limits, logging, health, and the error half when there is a DSN. */
export async function start({ dsn, rate, hasSentry }) {
  const { initializeSentry, observabilityStats } = await import(libraryPath);
  const { buildServer } = await import(serverPath);
  if (hasSentry) {
    process.env.SENTRY_TRACES_SAMPLE_RATE = String(rate);
    initializeSentry('bench', dsn);
  }
  const app = buildServer({ serviceName: 'bench', rateLimit: { max: 1e9, windowMs: 60_000 }, handleSignals: false });
  addRoutes(app);
  return { app, stats: observabilityStats };
}
