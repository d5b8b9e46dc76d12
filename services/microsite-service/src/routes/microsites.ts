import { trackEvent } from '@qr/common';
import { AppError, requireServiceToken, type Server, statusOfError } from '@qr/common/server';
import type { AppContext } from '../app.ts';
import {
  anyIdParams,
  createBody,
  idParams,
  internalReply,
  listReply,
  micrositeReply,
  pageQuery,
  statusOf,
  toMicrositeReply,
  updateBody,
} from '../schemas.ts';
import type { Microsite } from '../store.ts';

const MICROSITE = '/microsites/:id';

/** Adds the routes by which people manage their own microsites. */
export function addMicrositeRoutes(app: Server, { microsites, sessions }: AppContext): void {
  const ok = { 200: micrositeReply };
  const reply = (microsite: Microsite) => toMicrositeReply(microsite, microsites.url(microsite));
  const summary = ({ id, links }: Microsite) => ({ microsite_id: id, link_count: links.length });

  app.post(
    '/microsites',
    { schema: { body: createBody, response: { 201: micrositeReply } } },
    async (request, response) => {
      const session = sessions.require(request);
      const microsite = await microsites.create(session, request.body);
      trackEvent('microsite_created', session.userId, summary(microsite));
      return response.code(201).send(reply(microsite));
    },
  );

  app.get('/microsites', { schema: { querystring: pageQuery, response: { 200: listReply } } }, async (request) => {
    const { userId } = sessions.require(request);
    const { items, ...rest } = await microsites.list(userId, request.query);
    return { items: items.map(reply), ...rest };
  });

  app.get(MICROSITE, { schema: { params: idParams, response: ok } }, async (request) => {
    const { userId } = sessions.require(request);
    return reply(await microsites.get(userId, request.params.id));
  });

  app.patch(MICROSITE, { schema: { params: idParams, body: updateBody, response: ok } }, async (request) => {
    const { userId } = sessions.require(request);
    const microsite = await microsites.update(userId, request.params.id, request.body);
    trackEvent('microsite_updated', userId, summary(microsite));
    return reply(microsite);
  });

  app.post(
    `${MICROSITE}/publish`,
    {
      schema: { params: idParams, response: ok },
      async onError(request, response, error) {
        const session = sessions.read(request);
        const reason = failureReason(statusOfError(error, response));
        if (!session || !reason) return;
        trackEvent('microsite_publish_failed', session.userId, { microsite_id: request.params.id, reason });
      },
    },
    async (request) => {
      const { userId } = sessions.require(request);
      const microsite = await microsites.publish(userId, request.params.id);
      trackEvent('microsite_published', userId, summary(microsite));
      return reply(microsite);
    },
  );

  app.post(`${MICROSITE}/unpublish`, { schema: { params: idParams, response: ok } }, async (request) => {
    const { userId } = sessions.require(request);
    return reply(await microsites.unpublish(userId, request.params.id));
  });

  app.delete(MICROSITE, { schema: { params: idParams } }, async (request, response) => {
    const { userId } = sessions.require(request);
    await microsites.remove(userId, request.params.id);
    trackEvent('microsite_deleted', userId, { microsite_id: request.params.id });
    return response.code(204).send();
  });
}

/** Adds `GET /internal/microsites/:id`, which tells other services who owns a microsite and where it is found. */
export function addInternalRoute(app: Server, { store, serviceToken }: AppContext): void {
  const onRequest = requireServiceToken(serviceToken);
  const schema = { params: anyIdParams, response: { 200: internalReply }, hide: true };
  app.get('/internal/microsites/:id', { schema, onRequest }, async (request) => {
    const microsite = await store.findMicrosite(request.params.id);
    if (!microsite) throw new AppError({ statusCode: 404, code: 'not_found', message: 'There is no such microsite.' });
    const { id, ownerId, slug } = microsite;
    return { id, ownerId, slug, status: statusOf(microsite) };
  });
}

/** Refusals that are no failure to publish, such as 404, have none. */
function failureReason(statusCode: number): 'no_links' | 'server_error' | undefined {
  if (statusCode >= 500) return 'server_error';
  return statusCode === 409 ? 'no_links' : undefined;
}
