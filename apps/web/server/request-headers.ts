import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';

/**
 * Headers that concern one connection only (RFC 9110, section 7.6.1, and those that older ones list), and `expect`, which asks this server for an
 * interim answer (section 10.1.1). What `Connection` itself names is removed by `@fastify/reply-from`.
 */
const HOP_BY_HOP = new Set([
  ...['connection', 'expect', 'http2-settings', 'keep-alive', 'proxy-authenticate', 'proxy-authorization'],
  ...['proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** Returns the headers that a service gets: those of the client, without those between it and us, and who the client is. */
export function toServiceHeaders(
  request: Pick<FastifyRequest, 'method' | 'ip' | 'host' | 'protocol'>,
  headers: IncomingHttpHeaders,
): IncomingHttpHeaders {
  const kept: IncomingHttpHeaders = {};
  for (const name of Object.keys(headers)) if (!HOP_BY_HOP.has(name)) kept[name] = headers[name];
  // Such a request has no body here, whatever it says.
  if (request.method === 'GET' || request.method === 'HEAD') delete kept['content-length'];
  // The address that Fastify trusts. The client's own claims are not forwarded.
  kept['x-forwarded-for'] = request.ip;
  kept['x-forwarded-host'] = request.host;
  kept['x-forwarded-proto'] = request.protocol;
  return kept;
}
