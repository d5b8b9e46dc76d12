import { addErasureRoute, type BuildServerOptions, buildServer, type Server, tunnelPlugin } from '@qr/common/server';
import { scanFailureOf, type TrackFailedScan } from '@qr/common/visitor';
import { devPlugin, isPagePath, isScanPath, staticPlugin } from './client.ts';
import { proxyPlugin, type Services } from './proxy.ts';
import { createUpstreams } from './upstreams.ts';

export interface AppOptions {
  /** The origin of each instance of each service. */
  readonly services: Readonly<Record<keyof Services, readonly string[]>>;
  /** The built client, or Vite, which serves it from source. */
  readonly client: { readonly root: string } | 'vite';
  /** What the browser may send through this origin; a half that is left out has no route. */
  readonly tunnel: {
    readonly sentry: { readonly dsn: string } | undefined;
    readonly mixpanel: { readonly token: string; readonly apiHost: string } | undefined;
  };
  /** What services show to have a person forgotten; without one there is no such route. */
  readonly serviceToken?: string | undefined;
  /** How long a client may take to read an answer of a service, in milliseconds. @default 60_000 */
  readonly maxResponseMs?: number;
  /** Records scans that this server refuses itself, or for which it reaches no service. @default they are not recorded */
  readonly trackFailedScan?: TrackFailedScan;
  readonly server?: BuildServerOptions;
}

/** The one public origin: the client, the API of the services, scans, and the way out for observability data. */
export function buildApp(options: AppOptions): Server {
  const { client, tunnel, serviceToken, maxResponseMs = 60_000, trackFailedScan, server } = options;
  const open = (service: keyof Services) =>
    createUpstreams({
      origins: options.services[service],
      onReplace: (origin, failed) =>
        app.log.error({ service, origin, failed }, 'the connections to a service were stuck and are replaced'),
    });
  const services: Services = {
    auth: open('auth'),
    qr: open('qr'),
    microsite: open('microsite'),
    routing: open('routing'),
    analytics: open('analytics'),
  };
  const all = Object.values(services);
  const app = buildServer({
    serviceName: 'web-server',
    errorPages: {
      covers: isPagePath,
      onFailure(request, statusCode, path) {
        if (isScanPath(path)) trackFailedScan?.(request, scanFailureOf(statusCode));
      },
    },
    ...server,
    readyChecks: { upstreams: async () => !all.some((upstreams) => upstreams.isStuck()), ...server?.readyChecks },
  });
  app.addHook('onClose', async () => {
    await Promise.all(all.map((upstreams) => upstreams.close()));
  });
  void app.register(tunnelPlugin, tunnel);
  if (serviceToken !== undefined) addErasureRoute(app, { serviceToken });
  void app.register(proxyPlugin, { services, maxResponseMs });
  if (client === 'vite') void app.register(devPlugin);
  else void app.register(staticPlugin, client);
  return app;
}
