import { addErasureRoute, type BuildServerOptions, buildServer, type Server, tunnelPlugin } from '@qr/common';
import { devPlugin } from './dev.ts';
import { proxyPlugin, type ServiceOrigins } from './proxy.ts';
import { staticPlugin } from './static.ts';

/** What {@link buildApp} takes. */
export interface AppOptions {
  readonly services: ServiceOrigins;
  /** The built client, or Vite, which serves it from source. */
  readonly client: { readonly root: string } | 'vite';
  /** What the browser may send through this origin; a half that is left out has no route. */
  readonly tunnel: {
    readonly sentry: { readonly dsn: string } | undefined;
    readonly mixpanel: { readonly token: string; readonly apiHost: string } | undefined;
  };
  /** What services show to have a person forgotten; without one there is no such route. */
  readonly serviceToken?: string | undefined;
  readonly server?: BuildServerOptions;
}

/** The one public origin: the client, the API of the services, scans, and the way out for observability data. */
export function buildApp({ services, client, tunnel, serviceToken, server }: AppOptions): Server {
  const app = buildServer({ serviceName: 'web-server', ...server });
  void app.register(tunnelPlugin, tunnel);
  if (serviceToken !== undefined) addErasureRoute(app, { serviceToken });
  void app.register(proxyPlugin, services);
  if (client === 'vite') void app.register(devPlugin);
  else void app.register(staticPlugin, client);
  return app;
}
