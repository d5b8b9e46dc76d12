/** The variables that name the platform's own services, each with one origin or several, separated by commas. */
const VARIABLES = [
  'AUTH_SERVICE_URL',
  'QR_SERVICE_URL',
  'MICROSITE_SERVICE_URL',
  'ROUTING_SERVICE_URL',
  'ANALYTICS_URL',
  'WEB_SERVER_URL',
];

/**
 * Returns what matches the URLs that may receive our trace headers: those of the platform's own services, by the variables that its configuration has
 * for them. Other variables of such a name belong to third parties. By default the SDK sends the headers, with baggage, to every host.
 */
export function platformOrigins(env: Readonly<Record<string, string | undefined>>): RegExp[] {
  const origins = VARIABLES.flatMap((name) => (env[name] ?? '').split(',').flatMap(originOf));
  // A text would match anywhere in a URL, in a query of a stranger's too.
  return [...new Set(origins)].map(
    (origin) => new RegExp(`^${origin.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&')}(?:[/?#]|$)`),
  );
}

function originOf(url: string): string[] {
  const text = url.trim();
  return /^https?:/i.test(text) && URL.canParse(text) ? [new URL(text).origin] : [];
}
