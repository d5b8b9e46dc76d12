import {
  databaseVariables,
  originsVariable,
  originVariable,
  serverVariables,
  serviceTokenVariables,
  sessionVariables,
} from '@qr/common/server';
import Type, { type Static } from 'typebox';

const NAMED_ORIGIN = '[a-z][a-z0-9-]*=https?://[^/,\\s]+';

/** The environment of this service, beside the observability variables. */
export const environment = Type.Object({
  ...serverVariables(3001),
  ...databaseVariables,
  ...sessionVariables,
  ...serviceTokenVariables,
  QR_SERVICE_URL: originVariable('http://127.0.0.1:3002', 'the origin of qr-service'),
  MICROSITE_SERVICE_URL: originVariable('http://127.0.0.1:3003', 'the origin of microsite-service'),
  ROUTING_SERVICE_URL: originsVariable('http://127.0.0.1:3004', 'the origin of routing-service'),
  WEB_SERVER_URL: originsVariable(undefined, "the origin of the page's server"),
  ERASURE_SERVICES: Type.Optional(
    Type.String({
      pattern: `^${NAMED_ORIGIN}(,${NAMED_ORIGIN})*$`,
      expected: 'a list such as qr-service=http://127.0.0.1:3002,routing-service=http://127.0.0.1:3004',
    }),
  ),
});

type Origins = Pick<
  Static<typeof environment>,
  'QR_SERVICE_URL' | 'MICROSITE_SERVICE_URL' | 'ROUTING_SERVICE_URL' | 'WEB_SERVER_URL' | 'ERASURE_SERVICES'
> & { readonly ANALYTICS_URL?: string | undefined };

/** Returns the origins of each service that is notified of deleted accounts: those of `ERASURE_SERVICES`, else those with a variable of their own. */
export function erasureServices(config: Origins): Readonly<Record<string, readonly string[]>> {
  const { ERASURE_SERVICES: list, WEB_SERVER_URL: web, ANALYTICS_URL: analytics } = config;
  if (list === undefined)
    return {
      'qr-service': [config.QR_SERVICE_URL],
      'microsite-service': [config.MICROSITE_SERVICE_URL],
      'routing-service': config.ROUTING_SERVICE_URL.split(','),
      // It keeps the events of unloaded pages until they are delivered.
      ...(web !== undefined && { 'web-server': web.split(',') }),
      // Without one there is no analytics-service.
      ...(analytics !== undefined && { 'analytics-service': analytics.split(',') }),
    };
  const services: Record<string, string[]> = {};
  for (const entry of list.split(',')) {
    const [name = '', origin = ''] = entry.split('=');
    services[name] = [...(services[name] ?? []), origin];
  }
  return services;
}
