import { type Server, trackEvent } from '@qr/common';
import type { AppContext } from '../app.ts';
import { createBody, micrositeReply, toMicrositeReply } from '../schemas.ts';

/** `POST /microsites` begins a microsite, which only its owner sees. */
export function addCreateRoute(app: Server, { microsites, sessions }: AppContext): void {
  const schema = { body: createBody, response: { 201: micrositeReply } };
  app.post('/microsites', { schema }, async (request, reply) => {
    const session = sessions.require(request);
    const microsite = await microsites.create(session, request.body);
    const { id, links } = microsite;
    trackEvent('microsite_created', session.userId, { microsite_id: id, link_count: links.length });
    return reply.code(201).send(toMicrositeReply(microsite, microsites.url(microsite)));
  });
}
