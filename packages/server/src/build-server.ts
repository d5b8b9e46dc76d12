import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { internals, readObservabilityConfig, type TelemetryHandle, toTimeLimit } from '@qr/telemetry/internal';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import fp from 'fastify-plugin';
import { normalizeForwardedFor } from './addresses.ts';
import { createErrorHandler, createFailureAnswer } from './error-handler.ts';
import { addHealthRoutes, type ReadyChecks } from './health.ts';
import { addInternalStats } from './internal-routes.ts';
import { withSafeLines } from './log-lines.ts';
import { observabilityPlugin } from './observability-plugin.ts';
import { routeBadUrls, type SecurityOptions, securityPlugin } from './security.ts';
import { closeOnSignals } from './shutdown.ts';

/** A Fastify server whose routes are typed by their TypeBox schemas. */
export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What a server reads; a malformed one is said once, and nobody's headers are believed, or the default is used. */
const VARIABLES = [
  ...['TRUST_PROXY', 'LOG_LEVEL', 'SERVICE_TOKEN', 'OBSERVABILITY_REDIS_URL'],
  ...['SHUTDOWN_TIMEOUT_MS', 'SHUTDOWN_DRAIN_MS'],
];

/** What {@link buildServer} takes; everything but `telemetry` has a default. */
export interface BuildServerOptions extends SecurityOptions {
  /** Where errors, traces and statistics come from and go to, such as what `createTelemetry` returned. */
  readonly telemetry: TelemetryHandle;
  /** @default the name that the telemetry was given */
  readonly serviceName?: string;
  /** Every line passes the scrubber before it is written. @default JSON lines on stdout at `LOG_LEVEL`; silent when NODE_ENV is `test` */
  readonly logger?: FastifyServerOptions['logger'];
  /** Whose `X-Forwarded-*` headers are believed. @default `TRUST_PROXY`, else nobody's */
  readonly trustProxy?: NonNullable<FastifyServerOptions['trustProxy']>;
  /** @default 1 MiB */
  readonly bodyLimitBytes?: number;
  /** Whether `/x/` is the route `/x`. @default false */
  readonly ignoreTrailingSlash?: boolean;
  /** How long a client may take to send its request, up to twice as long. @default 30_000 */
  readonly requestTimeoutMs?: number;
  /** What must work before the service is ready. */
  readonly readyChecks?: ReadyChecks;
  /** Adds `GET /debug/error`, which fails on purpose. Ignored in production. @default false */
  readonly debugRoutes?: boolean;
  /** Whether a listening server closes on SIGTERM, SIGINT and uncaught errors. @default true */
  readonly handleSignals?: boolean;
  /** @default `SHUTDOWN_TIMEOUT_MS`, else 10_000 */
  readonly shutdownTimeoutMs?: number;
}

/**
 * A server with everything a service needs: error reporting, tracing, one error handler, security headers, rate limit, health routes, API
 * documentation outside production, and an orderly end. Routes and hooks can be added at once; an error handler of one's own replaces ours.
 */
export function buildServer(options: BuildServerOptions): Server {
  const telemetry = options.telemetry[internals];
  const { core, errors } = telemetry;
  const { config, problems } = readObservabilityConfig();
  for (const name of VARIABLES) {
    const problem = problems.get(name);
    if (problem) core.warnOnce(problem);
  }
  const isProduction = config.NODE_ENV === 'production';
  const { requestTimeoutMs = 30_000 } = options;
  core.nameService(options.serviceName);
  const trustProxy = options.trustProxy ?? parseTrustProxy(config.TRUST_PROXY);
  const answerFailure = createFailureAnswer(options.errorPages);
  const app: Server = Fastify({
    logger: withSafeLines(
      errors,
      options.logger ?? (config.NODE_ENV === 'test' ? false : loggerOptions(config.LOG_LEVEL ?? 'info')),
    ),
    trustProxy,
    bodyLimit: options.bodyLimitBytes ?? 1024 * 1024,
    requestTimeout: requestTimeoutMs,
    http: {
      // Node takes the longer of the two limits for the whole request, and its own for the headers is 60 s.
      headersTimeout: Math.min(requestTimeoutMs, 60_000),
      // How often it looks for late ones.
      connectionsCheckingInterval: Math.min(requestTimeoutMs, 30_000),
    },
    // The default closes idle connections at once, so that a deploy does not wait for keep-alive.
    forceCloseConnections: 'idle',
    // A request that slips in while the server closes can still be answered.
    return503OnClosing: false,
    // Names the field and stops at the first complaint; nothing is coerced or removed behind the caller's back.
    frameworkErrors: routeBadUrls(() => app as unknown as FastifyInstance),
    routerOptions: {
      ignoreTrailingSlash: options.ignoreTrailingSlash ?? false,
      // Node limits the whole head. A parameter over this limit would be answered before any hook, without headers and rate limit: schemas limit ids.
      maxParamLength: Number.MAX_SAFE_INTEGER,
    },
    ajv: { customOptions: { coerceTypes: 'array', removeAdditional: false, allErrors: false } },
  }).withTypeProvider<TypeBoxTypeProvider>();

  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  // Before anything reads `request.ip`, which is worked out from the header each time.
  if (trustProxy !== false) {
    app.addHook('onRequest', (request, _reply, done) => {
      normalizeForwardedFor(request.raw);
      done();
    });
  }
  const initialErrorHandler = app.errorHandler;
  void app.register(observabilityPlugin, { telemetry: options.telemetry, errorHandler: false, isProduction });
  void app.register(securityPlugin, { ...options, core });
  if (!isProduction) addDocumentation(app as unknown as FastifyInstance, core.serviceName() ?? 'API');
  void app.after(() => {
    // The application's own handler wins; setting both would make Fastify warn.
    if (app.errorHandler === initialErrorHandler)
      app.setErrorHandler(createErrorHandler(errors, isProduction, answerFailure));
    if (config.SERVICE_TOKEN) addInternalStats(app as unknown as FastifyInstance, telemetry, config.SERVICE_TOKEN);
    addHealthRoutes(app as unknown as FastifyInstance, {
      checks: options.readyChecks ?? {},
      isClosing: () => isClosing,
      serviceToken: config.SERVICE_TOKEN,
      telemetry,
    });
  });
  if (options.debugRoutes && !isProduction) {
    app.get('/debug/error', { schema: { hide: true } }, async () => {
      throw new Error('Deliberate error');
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const message = 'There is nothing here: check the method and the path.';
    void reply.send(answerFailure(request, reply, 404, { error: 'Not Found', message }));
  });
  if (options.handleSignals ?? true) {
    const timeoutMs = toTimeLimit(options.shutdownTimeoutMs ?? config.SHUTDOWN_TIMEOUT_MS, 10_000);
    const drainMs = config.SHUTDOWN_DRAIN_MS ?? 0;
    let stopListening = () => {};
    app.addHook('onListen', async () => {
      const onDrain = () => {
        isClosing = true;
      };
      stopListening = closeOnSignals(app as unknown as FastifyInstance, { telemetry, timeoutMs, drainMs, onDrain });
    });
    app.addHook('onClose', async () => stopListening());
  }
  return app;
}

/** OpenAPI of every route at `/documentation`, of those too that are declared on the server itself. */
function addDocumentation(app: FastifyInstance, title: string): void {
  // Called instead of registered: a registered plugin loads later, and never hears of the routes declared until then.
  swagger(app, { openapi: { info: { title, version: '0.0.0' } } }, () => {});
  // The page asks whether the plugin of this name is there.
  void app.register(fp(async () => {}, { name: '@fastify/swagger' }));
  void app.register(swaggerUi, { routePrefix: '/documentation' });
}

function loggerOptions(level: string): NonNullable<FastifyServerOptions['logger']> {
  return {
    level,
    // Addresses and query strings are personal; the request's own line says method and path only.
    serializers: { req: ({ method, url }) => ({ method, path: url.split('?')[0] }) },
    redact: ['req.headers.authorization', 'req.headers.cookie'],
  };
}

function parseTrustProxy(value: string | undefined): NonNullable<FastifyServerOptions['trustProxy']> {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  // A number of proxies in front of us: that many hops are believed.
  if (/^\d+$/.test(value)) return (_address: string, hop: number) => hop < Number(value);
  return value;
}
