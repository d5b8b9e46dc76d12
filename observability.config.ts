import { defineConfig } from '@qr/alerts/config';

/** The platform for its tools: the inbox, `qr-obs`, `npm start`, compose.yaml and their tests. A new service is one entry in `services`. */
export default defineConfig({
  plan: async () => (await import('@qr/events')).plan,
  planPaths: async () => (await import('@qr/events')).planPaths,
  alertRules: async () => (await import('@qr/observability/alerts')).alertRules,
  dashboards: async () => (await import('@qr/observability/dashboards')).dashboards,
  // Scans are no step: visitors scan, not the users who create the codes.
  funnel: ['page_viewed', 'signup_completed', 'qr_created'],
  web: { name: 'web-server', folder: 'apps/web', port: 3000 },
  services: [
    // First, because erasures begin here: it ends the sessions.
    { name: 'auth-service', port: 3001, database: 'auth' },
    { name: 'qr-service', port: 3002, database: 'qr' },
    { name: 'microsite-service', port: 3003, database: 'microsite', publishedPort: 3003 },
    { name: 'routing-service', port: 3004, instances: 2 },
    {
      name: 'analytics-service',
      port: 3005,
      originVariable: 'ANALYTICS_URL',
      database: 'analytics',
      instances: 2,
      variables: [
        'SCAN_RETENTION_DAYS',
        'ALERT_INTERVAL_MINUTES',
        'ALERT_WEBHOOK_URL',
        'INBOX_URL',
        'MIXPANEL_TIME_ZONE',
        'MIXPANEL_FUNNEL_IDS',
        'SENTRY_AUTH_TOKEN',
        'SENTRY_ORG',
        'SENTRY_URL',
      ],
    },
  ],
});
