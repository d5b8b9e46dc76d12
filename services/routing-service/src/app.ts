import { addErasureRoute, type BuildServerOptions, buildServer, type Server } from '@qr/common/server';
import { createFailedScans, type DescribeVisitor, scanFailureOf, type TrackFailedScan } from '@qr/common/visitor';
import type { CodeDirectory } from './code-directory.ts';
import { addScanRoute } from './routes/scan.ts';

export interface AppDependencies {
  readonly directory: CodeDirectory;
  readonly describeVisitor: DescribeVisitor;
  /** What other services show to have a person forgotten. */
  readonly serviceToken: string;
  /** @default Date.now */
  readonly now?: () => number;
  readonly server?: BuildServerOptions;
}

/** What the routes work with. */
export interface AppContext extends Pick<AppDependencies, 'directory' | 'describeVisitor'> {
  readonly trackFailedScan: TrackFailedScan;
  readonly now: () => number;
}

/** The service as a Fastify server that does not listen yet. */
export function buildApp(deps: AppDependencies): Server {
  const { directory, describeVisitor, serviceToken, now = Date.now, server } = deps;
  const trackFailedScan = createFailedScans(describeVisitor);
  const app = buildServer({
    serviceName: 'routing-service',
    ignoreTrailingSlash: true,
    errorPages: {
      covers: isScanPath,
      onFailure: (request, statusCode) => trackFailedScan(request, scanFailureOf(statusCode)),
    },
    ...server,
  });
  addScanRoute(app, { directory, describeVisitor, trackFailedScan, now });
  // There are no rows here, but scans name the owner of the code: those that wait for delivery, and those of a code that is still remembered.
  addErasureRoute(app, { serviceToken, erase: async (userId) => directory.forgetOwner(userId) });
  return app;
}

/** People come to these addresses with the camera of a phone. */
function isScanPath(path: string): boolean {
  return /^\/scan(?:\/|$)/.test(path);
}
