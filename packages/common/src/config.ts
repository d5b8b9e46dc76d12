import Type, { type Static } from 'typebox';

const origin = { pattern: '^https?://[^/?#@]+/?$', expected: 'an origin such as https://api.mixpanel.com' };
const rate = { minimum: 0, maximum: 1, expected: 'a number from 0 to 1' };

/** The library's own environment variables. `.env.example` explains each; nothing else reads the environment. */
export const observabilityVariables = {
  NODE_ENV: Type.String({ default: 'development' }),
  MIXPANEL_TOKEN: Type.Optional(
    Type.String({ pattern: '^[\\w-]{4,64}$', expected: 'a project token: letters, digits, - and _', secret: true }),
  ),
  MIXPANEL_API_HOST: Type.String({ ...origin, default: 'https://api.mixpanel.com' }),
  MIXPANEL_APP_HOST: Type.String({ ...origin, default: 'https://mixpanel.com' }),
  MIXPANEL_OAUTH_TOKEN: Type.Optional(
    Type.String({ pattern: '^[^\\s]+$', expected: 'an OAuth token of a user', secret: true }),
  ),
  MIXPANEL_SERVICE_ACCOUNT: Type.Optional(
    Type.String({ pattern: '^[^:]+:.+$', expected: 'user:secret of a service account', secret: true }),
  ),
  MIXPANEL_PROJECT_ID: Type.Optional(Type.String({ pattern: '^\\d+$', expected: 'the numeric project id' })),
  SENTRY_DSN: Type.Optional(
    Type.String({
      pattern: '^https?://\\w+(:\\w*)?@[^/@]+(/[^?#]*)?/\\d+$',
      expected: 'a DSN such as https://key@o1.ingest.sentry.io/2',
      secret: true,
    }),
  ),
  SENTRY_ENVIRONMENT: Type.Optional(
    Type.String({ pattern: '^[^\\s/]{1,64}$', expected: 'a name without spaces or slashes' }),
  ),
  SENTRY_RELEASE: Type.Optional(Type.String({ maxLength: 200, expected: 'a release name of at most 200 characters' })),
  SENTRY_TRACES_SAMPLE_RATE: Type.Optional(Type.Number(rate)),
  SENTRY_ROUTE_SAMPLE_RATES: Type.Optional(
    Type.String({
      pattern: '^/[^=,\\s]*=(0|1|0?\\.\\d+)(,/[^=,\\s]*=(0|1|0?\\.\\d+))*$',
      expected: 'routes with numbers from 0 to 1, such as /scan/:qrId=0.01,/m/:slug=0.05',
    }),
  ),
  SENTRY_ERROR_BUDGET_PER_MONTH: Type.Integer({
    minimum: 0,
    default: 5000,
    expected: 'a number of errors, or 0 for no budget',
  }),
  SENTRY_PROFILE_SESSION_SAMPLE_RATE: Type.Number({ ...rate, default: 0 }),
  OBSERVABILITY_FLUSH_INTERVAL_MS: Type.Integer({
    minimum: 10,
    maximum: 60_000,
    default: 1000,
    expected: 'milliseconds from 10 to 60000',
  }),
  OBSERVABILITY_SPOOL_DIR: Type.Optional(Type.String({ expected: 'the path of a folder' })),
  OBSERVABILITY_SPOOL_MAX_BYTES: Type.Integer({
    minimum: 1_048_576,
    default: 268_435_456,
    expected: 'bytes, at least 1048576',
  }),
  OBSERVABILITY_REDIS_URL: Type.Optional(
    Type.String({ pattern: '^rediss?://', expected: 'a URL such as redis://host:6379', secret: true }),
  ),
  OBSERVABILITY_REDIS_PREFIX: Type.Optional(
    Type.String({ pattern: '^[\\w.:{}-]{1,64}$', expected: 'up to 64 letters, digits and . : _ - { }' }),
  ),
  ANALYTICS_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/?#@,\\s]+/?(,https?://[^/?#@,\\s]+/?)*$',
      expected: 'the origin of analytics-service, or those of its instances, separated by commas',
    }),
  ),
  SERVICE_TOKEN: Type.Optional(
    Type.String({ minLength: 32, expected: 'a random token of at least 32 characters', secret: true }),
  ),
  PII_HASH_KEY: Type.Optional(
    Type.String({
      minLength: 32,
      expected: 'a random key of at least 32 characters',
      secret: true,
      requiredInProduction: true,
    }),
  ),
  SHUTDOWN_TIMEOUT_MS: Type.Integer({ minimum: 100, default: 10_000, expected: 'milliseconds, at least 100' }),
  SHUTDOWN_DRAIN_MS: Type.Integer({
    minimum: 0,
    maximum: 60_000,
    default: 0,
    expected: 'milliseconds from 0 to 60000',
  }),
  TRUST_PROXY: Type.Optional(
    Type.String({ expected: 'true, a number of proxies, or a comma-separated list of addresses' }),
  ),
  LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => Type.Literal(level)),
    { default: 'info', expected: 'one of fatal, error, warn, info, debug, trace, silent' },
  ),
};

const schema = Type.Object(observabilityVariables);

/** The library's own variables, read and checked. */
export type ObservabilityConfig = Readonly<Static<typeof schema>>;
