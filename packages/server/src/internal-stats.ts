import { instance } from '@qr/telemetry/internal';
import type { FastifyInstance } from 'fastify';
import { requireServiceToken } from './service-token.ts';

/** `GET /internal/stats` tells other services and the inbox what was delivered and lost; only with the token that services show each other. */
export function addInternalStats(app: FastifyInstance, serviceToken: string): void {
  const onRequest = requireServiceToken(serviceToken);
  app.get('/internal/stats', { schema: { hide: true }, logLevel: 'warn', onRequest }, async () => instance.stats());
}
