import { isIP } from 'node:net';
import Type, { type Static } from '@qr/plan/typebox';
import { toBaseUrl } from './base-url.ts';
import { describeSecret, tooShort, wrongAddress, wrongDsn, wrongPair, wrongToken } from './secret-complaints.ts';

/** What a schema may carry beside its own keywords. */
export interface VariableKeywords {
  readonly description?: string;
  /** Words for the error message. */
  readonly expected?: string;
  /** Its value is never shown. */
  readonly secret?: boolean;
  readonly requiredInProduction?: boolean;
  /** Returns the form in which the value is used. */
  readonly normalize?: (value: string) => string;
  /** Returns what is wrong with a normalized value, in words that follow `got`; `undefined` when it is usable. */
  readonly complain?: (value: string, isProduction: boolean) => string | undefined;
}

const MIN_KEY_LENGTH = 32;

const baseUrl = (example: string) => ({
  normalize: (value: string) => toBaseUrl(value) ?? value,
  complain: (value: string) => (toBaseUrl(value) === value ? undefined : JSON.stringify(value)),
  expected: `an origin such as ${example}`,
});
const rate = { minimum: 0, maximum: 1, expected: 'a number from 0 to 1' };

/**
 * The library's own environment variables. `.env.example` explains each; nothing else reads the environment.
 *
 * Whoever reads a variable that is set and malformed finds `undefined`, never the default of one that controls where data goes or how it is
 * protected: what depends on it then stays off.
 */
export const observabilityVariables = {
  NODE_ENV: Type.String({ default: 'development', normalize: modeOf }),
  MIXPANEL_TOKEN: Type.Optional(
    Type.String({
      complain: (value: string) => wrongToken(value, 4, 64),
      expected: 'a project token of 4 to 64 letters, digits, - and _',
      secret: true,
    }),
  ),
  MIXPANEL_API_HOST: Type.String({ ...baseUrl('https://api.mixpanel.com'), default: 'https://api.mixpanel.com' }),
  MIXPANEL_APP_HOST: Type.Optional(Type.String(baseUrl('https://mixpanel.com'))),
  MIXPANEL_ID_MERGE: Type.Union([Type.Literal('simplified'), Type.Literal('original')], {
    default: 'simplified',
    expected: 'simplified or original',
  }),
  MIXPANEL_OAUTH_TOKEN: Type.Optional(
    Type.String({
      complain: (value: string) => (/^[\x21-\x7e]+$/.test(value) ? undefined : describeSecret(value)),
      expected: 'an OAuth token of a user, without spaces',
      secret: true,
    }),
  ),
  MIXPANEL_SERVICE_ACCOUNT: Type.Optional(
    Type.String({ complain: wrongPair, expected: 'user:secret of a service account', secret: true }),
  ),
  MIXPANEL_PROJECT_ID: Type.Optional(Type.String({ pattern: '^\\d+$', expected: 'the numeric project id' })),
  SENTRY_DSN: Type.Optional(
    Type.String({ complain: wrongDsn, expected: 'a DSN such as https://key@o1.ingest.sentry.io/2', secret: true }),
  ),
  SENTRY_ENVIRONMENT: Type.Optional(
    Type.String({ pattern: '^[^\\s/]{1,64}$', expected: 'a name without spaces or slashes' }),
  ),
  // https://docs.sentry.io/product/releases/naming-releases/
  SENTRY_RELEASE: Type.Optional(
    Type.String({
      pattern: '^(?!(?:\\.{1,2}|latest)$)[^\\n\\r\\t\\f/\\\\]{1,200}$',
      expected:
        'a release name of at most 200 characters without slashes and line breaks, such as a commit or app@1.2.3',
    }),
  ),
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
    Type.String({
      complain: (value: string) => wrongAddress(value, ['redis', 'rediss']),
      expected: 'a URL such as redis://host:6379',
      secret: true,
    }),
  ),
  OBSERVABILITY_REDIS_PREFIX: Type.Optional(
    Type.String({ pattern: '^[\\w.:{}-]{1,64}$', expected: 'up to 64 letters, digits and . : _ - { }' }),
  ),
  ANALYTICS_URL: Type.Optional(
    Type.String({
      normalize: (value: string) =>
        value
          .split(',')
          .map((url) => originIn(url) ?? url)
          .join(','),
      complain: (value: string) =>
        value.split(',').every((url) => originIn(url) === url) ? undefined : JSON.stringify(value),
      expected: 'the origin of analytics-service, or those of its instances, separated by commas',
    }),
  ),
  SERVICE_TOKEN: Type.Optional(
    Type.String({
      complain: (value: string) => tooShort(value, MIN_KEY_LENGTH),
      expected: 'a random token of at least 32 characters',
      secret: true,
    }),
  ),
  PII_HASH_KEY: Type.Optional(
    Type.String({
      // A short key still keeps the values of a laptop from being guessed by strangers.
      complain: (value: string, isProduction: boolean) => (isProduction ? tooShort(value, MIN_KEY_LENGTH) : undefined),
      expected: 'a random key of at least 32 characters',
      secret: true,
      requiredInProduction: true,
    }),
  ),
  OBSERVABILITY_PLAIN_USER_IDS: Type.Union([Type.Literal('true'), Type.Literal('false')], {
    default: 'false',
    normalize: (value: string) => value.toLowerCase(),
    expected: 'true or false',
  }),
  SHUTDOWN_TIMEOUT_MS: Type.Integer({
    minimum: 100,
    maximum: 2_147_483_647,
    default: 10_000,
    expected: 'milliseconds, at least 100',
  }),
  SHUTDOWN_DRAIN_MS: Type.Integer({
    minimum: 0,
    maximum: 60_000,
    default: 0,
    expected: 'milliseconds from 0 to 60000',
  }),
  TRUST_PROXY: Type.Optional(
    Type.String({
      complain: (value: string) => (isTrustable(value) ? undefined : JSON.stringify(value)),
      expected: 'true, a number of proxies, or a comma-separated list of addresses',
    }),
  ),
  LOG_LEVEL: Type.Union(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => Type.Literal(level)),
    {
      default: 'info',
      normalize: (value: string) => value.toLowerCase(),
      expected: 'one of fatal, error, warn, info, debug, trace, silent',
    },
  ),
};

const schema = Type.Object(observabilityVariables);

/** The library's own variables, read and checked. */
export type ObservabilityConfig = Readonly<Static<typeof schema>>;

/** Why a hash key is used with a warning; `undefined` for one that is long enough, or absent. */
export function weakHashKey(key: string | undefined): string | undefined {
  const complaint = key === undefined ? undefined : tooShort(key, MIN_KEY_LENGTH);
  return complaint && `PII_HASH_KEY has only ${complaint}; production refuses fewer than ${MIN_KEY_LENGTH}.`;
}

/** `Production` and `prod` mean production: mistaken for something else, they would switch its safeguards off. */
function modeOf(value: string): string {
  const mode = value.toLowerCase();
  return mode === 'prod' || mode === 'production' ? 'production' : value;
}

/** An address with its scheme: for a service within the platform neither `http` nor `https` can be taken for granted. */
function originIn(text: string): string | undefined {
  return /^https?:/i.test(text.trim()) ? toBaseUrl(text.trim()) : undefined;
}

/** What `proxy-addr` understands in the list that Fastify gives it. */
function isTrustable(value: string): boolean {
  return /^(true|false|\d+)$/.test(value) || value.split(',').every((entry) => isAddressRange(entry.trim()));
}

function isAddressRange(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  if (bits === undefined) return /^(loopback|linklocal|uniquelocal)$/.test(address) || isIP(address) > 0;
  const maxBits = isIP(address) === 4 ? 32 : 128;
  return rest.length === 0 && isIP(address) > 0 && /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= maxBits;
}
