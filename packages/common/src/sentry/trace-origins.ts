/**
 * The origins that may receive our trace headers: those of the platform's own services, which the environment names as `*_SERVICE_URL` and
 * `WEB_SERVER_URL` and `ANALYTICS_URL`, one or several separated by commas. By default the SDK would send them, with baggage, to every host that is called.
 */
export function platformOrigins(env: Readonly<Record<string, string | undefined>>): string[] {
  const urls = Object.entries(env).filter(
    ([name, value]) => value && /^(\w+_SERVICE_URL|WEB_SERVER_URL|ANALYTICS_URL)$/.test(name),
  );
  return [...new Set(urls.flatMap(([, value = '']) => value.split(',').flatMap(originOf)))];
}

function originOf(url: string): string[] {
  try {
    return [`${new URL(url).origin}/`];
  } catch {
    return [];
  }
}
