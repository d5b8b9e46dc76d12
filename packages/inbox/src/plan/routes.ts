import { plan } from '@qr/events';
import type { FastifyInstance } from 'fastify';
import type { InboxReader } from '../inbox-data.ts';
import { comparePlan } from './compare.ts';

/** `GET /api/plan`: the tracking plan beside what arrived. */
export function planRoute(app: FastifyInstance, data: Pick<InboxReader, 'events'>): void {
  app.get('/api/plan', () => comparePlan(plan, data.events()));
}
