import type { Method, SentryPath } from './exchange.ts';

/** What a token for alerts and dashboards as code needs, and no more. */
export const SUGGESTED_SCOPES = 'org:read, alerts:read and alerts:write';

const READ_ALERTS = ['alerts:read', 'org:read'];
const ORGANIZATION = ['org:read'];

/**
 * The scopes of which a token needs one, the smallest first; larger ones of the same kind do as well. After Sentry's API description,
 * version 0.272.0. For changing a monitor it also names `org:read`, which may not be enough, as was so with the endpoint before it.
 */
export function scopesFor(method: Method, path: SentryPath): readonly string[] {
  if (path.startsWith('integrations/')) return ['org:read', 'org:integrations'];
  if (path.startsWith('dashboards/')) return ORGANIZATION;
  if (path === 'projects/') return ORGANIZATION;
  if (method === 'GET') return READ_ALERTS;
  if (path.startsWith('workflows/')) return ['alerts:write', 'org:write'];
  return path.startsWith('projects/') ? ['alerts:write', 'project:write'] : ['alerts:write'];
}
