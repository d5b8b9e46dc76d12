import { type BuildServerOptions, buildServer, type Server } from '@qr/common';
import type { CodeDirectory } from './code-directory.ts';
import { addScanRoute } from './routes/scan.ts';

/** What {@link buildApp} takes. */
export interface AppDependencies {
  readonly directory: CodeDirectory;
  /** @default Date.now */
  readonly now?: () => number;
  readonly server?: BuildServerOptions;
}

/** What the routes work with. */
export interface AppContext {
  readonly directory: CodeDirectory;
  readonly now: () => number;
}

/** The service as a Fastify server that does not listen yet. */
export function buildApp({ directory, now = Date.now, server }: AppDependencies): Server {
  const app = buildServer({ serviceName: 'routing-service', ...server });
  addScanRoute(app, { directory, now });
  return app;
}
