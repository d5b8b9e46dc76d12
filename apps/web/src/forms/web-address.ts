/**
 * Completes a web address as people type it: `example.com/menu` becomes `https://example.com/menu`. Anything with a scheme, such as `mailto:`, stays
 * as it is, for the service to judge.
 */
export function completeWebAddress(typed: string): string {
  const text = typed.trim();
  if (text.startsWith('//')) return `https:${text}`;
  // A host with a dot, then a port, a path, or nothing. `example.com:8080` has a port, `mailto:ada@example.com` has a scheme.
  const isBare = /^(?:localhost|[^\s/?#:@]+\.[^\s/?#:@.]+\.?)(?::\d+)?(?:[/?#]|$)/i.test(text);
  return isBare ? `https://${text}` : text;
}
