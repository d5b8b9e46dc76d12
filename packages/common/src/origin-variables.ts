// Generated from observability.config.ts by `npm run generate`.

/** The variables that name the platform's services, each with one origin or several, separated by commas. */
export const originVariables: readonly string[] = [
  'AUTH_SERVICE_URL',
  'QR_SERVICE_URL',
  'MICROSITE_SERVICE_URL',
  'ROUTING_SERVICE_URL',
  'ANALYTICS_URL',
  'WEB_SERVER_URL',
];
