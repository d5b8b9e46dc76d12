import type { FastifyInstance } from 'fastify';
import { askService } from './ask-service.ts';
import type { DeliveringService } from './services.ts';

/** Whom to ask about deliveries, and with which token. */
export interface DeliveryOptions {
  readonly services: readonly DeliveringService[];
  /** The token that services show each other. */
  readonly serviceToken: string;
}

/** `GET /api/delivery`: what each service says that it has queued, spooled, delivered, retried and dropped. */
export function deliveryRoute(app: FastifyInstance, { services, serviceToken }: DeliveryOptions): void {
  app.get('/api/delivery', async () => ({
    services: await Promise.all(services.map((service) => askService(service, serviceToken))),
  }));
}
