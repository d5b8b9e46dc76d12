import {
  databaseVariables,
  originVariable,
  serverVariables,
  serviceTokenVariables,
  sessionVariables,
} from '@qr/common/server';
import Type from 'typebox';

/** The environment of this service, beside the observability variables. */
export const environment = Type.Object({
  ...serverVariables(3005),
  ...databaseVariables,
  ...sessionVariables,
  ...serviceTokenVariables,
  QR_SERVICE_URL: originVariable('http://127.0.0.1:3002', 'the origin of qr-service'),
  SCAN_RETENTION_DAYS: Type.Integer({
    minimum: 1,
    maximum: 3650,
    default: 90,
    expected: 'a number of days from 1 to 3650',
  }),
  HOST_SHIPPER: Type.Boolean({ default: true, expected: '1 or 0' }),
  ALERT_INTERVAL_MINUTES: Type.Integer({
    minimum: 1,
    maximum: 1440,
    default: 5,
    expected: 'a number of minutes from 1 to 1440',
  }),
  ALERT_WEBHOOK_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s]+$',
      expected: 'the URL of a webhook that takes { "text" }',
      secret: true,
    }),
  ),
  INBOX_URL: Type.Optional(
    Type.String({ pattern: '^https?://[^/?#@\\s]+/?$', expected: 'an origin such as http://127.0.0.1:4600' }),
  ),
  MIXPANEL_TIME_ZONE: Type.Optional(
    Type.String({ pattern: '^[A-Z][\\w+/-]*$', expected: 'an IANA name such as Europe/Prague' }),
  ),
  MIXPANEL_FUNNEL_IDS: Type.Optional(
    Type.String({
      pattern: '^[^=,]+=\\s*\\d+\\s*(,[^=,]+=\\s*\\d+\\s*)*$',
      expected: 'names of rules with ids of saved funnels, such as Conversion drop=7509',
    }),
  ),
  SENTRY_AUTH_TOKEN: Type.Optional(
    Type.String({ pattern: '^[^\\s]+$', expected: 'a token of an internal integration', secret: true }),
  ),
  SENTRY_ORG: Type.Optional(Type.String({ pattern: '^[\\w-]+$', expected: 'the slug of an organization' })),
  SENTRY_URL: Type.Optional(
    Type.String({ pattern: '^https?://[^/?#@\\s]+/?$', expected: 'an origin such as https://sentry.io' }),
  ),
});
