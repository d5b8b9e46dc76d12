import { identifyUser, trackEvent } from '@qr/common';
import { AppError, requireServiceToken, type Server, statusOfError } from '@qr/common/server';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import type { AppContext } from '../app.ts';
import {
  anyIdParams,
  codeReply,
  createdReply,
  generateBody,
  idParams,
  imageQuery,
  internalReply,
  listQuery,
  listReply,
  toCodeReply,
  updateBody,
} from '../schemas.ts';
import type { Code } from '../store.ts';

/** Adds the routes by which people make, list, change and remove their own codes. */
export function addCodeRoutes(app: Server, { codes, contents, sessions }: AppContext): void {
  const reply = (code: Code) => toCodeReply(code, contents.scanUrl(code));

  app.post(
    '/qr/generate',
    {
      schema: { body: generateBody, response: { 201: createdReply } },
      // Here, as a body that its schema refuses never reaches the handler.
      async onError(request, response, error) {
        const session = sessions.read(request);
        const reason = failureReason(statusOfError(error, response));
        if (!session || !reason) return;
        const qrType = typeOf(request.body);
        trackEvent('qr_creation_failed', session.userId, { ...(qrType && { qr_type: qrType }), reason });
      },
    },
    async (request, response) => {
      const session = sessions.require(request);
      const { userId } = session;
      const { code, codesCreated } = await codes.create(session, request.body);
      const isFirst = codesCreated === 1;
      trackEvent('qr_created', userId, {
        qr_id: code.id,
        qr_type: code.type,
        has_custom_logo: code.hasCustomLogo,
        is_first_qr: isFirst,
      });
      identifyUser(userId, { total_qrs_created: codesCreated });
      return response.code(201).send({ ...reply(code), isFirst });
    },
  );

  app.get('/qr', { schema: { querystring: listQuery, response: { 200: listReply } } }, async (request) => {
    const { userId } = sessions.require(request);
    const { items, ...rest } = await codes.list(userId, request.query);
    return { items: items.map(reply), ...rest };
  });

  app.get('/qr/:id', { schema: { params: idParams, response: { 200: codeReply } } }, async (request) => {
    const { userId } = sessions.require(request);
    return reply(await codes.get(userId, request.params.id));
  });

  const updateSchema = { params: idParams, body: updateBody, response: { 200: codeReply } };
  app.patch('/qr/:id', { schema: updateSchema }, async (request) => {
    const { userId } = sessions.require(request);
    const code = await codes.update(userId, request.params.id, request.body);
    trackEvent('qr_updated', userId, { qr_id: code.id, changed: changedOf(request.body) });
    return reply(code);
  });

  app.delete('/qr/:id', { schema: { params: idParams } }, async (request, response) => {
    const { userId } = sessions.require(request);
    await codes.remove(userId, request.params.id);
    trackEvent('qr_deleted', userId, { qr_id: request.params.id });
    return response.code(204).send();
  });
}

/** Adds `GET /internal/qrs/:id`, which tells other services where a code leads. */
export function addInternalRoute(app: Server, { store, serviceToken }: AppContext): void {
  const onRequest = requireServiceToken(serviceToken);
  const schema = { params: anyIdParams, response: { 200: internalReply }, hide: true };
  app.get('/internal/qrs/:id', { schema, onRequest }, async (request) => {
    const code = await store.findCode(request.params.id);
    if (!code) throw new AppError({ statusCode: 404, code: 'not_found', message: 'There is no such code.' });
    return code;
  });
}

/** Of a body that may be anything. */
function typeOf(body: unknown): Static<typeof generateBody>['type'] | undefined {
  const type = typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined;
  return Value.Check(generateBody.properties.type, type) ? type : undefined;
}

/** Refusals that are no failure to make a code, such as 429, have none. */
function failureReason(statusCode: number): 'invalid' | 'plan_limit' | 'server_error' | undefined {
  if (statusCode >= 500) return 'server_error';
  if (statusCode === 402) return 'plan_limit';
  return statusCode === 400 || statusCode === 413 || statusCode === 415 ? 'invalid' : undefined;
}

function changedOf({ destinationUrl, status, title, forwardsQuery }: Static<typeof updateBody>) {
  if (destinationUrl !== undefined) return 'destination';
  if (status !== undefined) return status === 'disabled' ? 'disabled' : 'enabled';
  if (title !== undefined) return 'title';
  return forwardsQuery === undefined ? 'look' : 'parameters';
}

const MEDIA_TYPES = { png: 'image/png', svg: 'image/svg+xml' } as const;

/**
 * Adds the pictures of codes. `GET /qr/:id/image.png` and `image.svg` draw a stored code for its owner: the query chooses the size, and its colour and error
 * correction override the stored ones. `POST /qr/preview` draws what `POST /qr/generate` would make of the same body, and keeps nothing.
 */
export function addImageRoutes(app: Server, { codes, sessions }: AppContext): void {
  for (const format of ['png', 'svg'] as const) {
    const schema = { params: idParams, querystring: imageQuery };
    app.get(`/qr/:id/image.${format}`, { schema }, async (request, reply) => {
      const { userId } = sessions.require(request);
      const image = await codes.image(userId, request.params.id, format, request.query);
      const { color, level } = request.query;
      // A code never changes its content or logo, but what is stored of its look may. Private, because the address is the owner's.
      const isFixed = color !== undefined && level !== undefined;
      const caching = isFixed ? 'private, max-age=3600' : 'private, no-cache';
      return reply.type(MEDIA_TYPES[format]).header('cache-control', caching).send(image);
    });
  }

  // The preview has an id of its own, so the pattern of a code that leads somewhere differs in the end. Not tracked: people type.
  app.post('/qr/preview', { schema: { body: generateBody } }, async (request, reply) => {
    const { userId } = sessions.require(request);
    const picture = await codes.preview(userId, request.body);
    return reply.type(MEDIA_TYPES.svg).header('cache-control', 'no-store').send(picture);
  });
}
