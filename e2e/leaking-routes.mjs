import { subscribe } from 'node:diagnostics_channel';

/**
 * Loaded before each process of the platform: gives its server routes that log, throw and leave uncaught what HTTP clients throw, with secrets in all
 * the places where those keep them.
 */
subscribe('fastify.initialization', (message) => {
  const { fastify } = /** @type {{ fastify: import('fastify').FastifyInstance }} */ (message);
  // Once the server has the hooks and the error handler of the platform.
  queueMicrotask(() => addRoutes(fastify));
});

/** @param {import('fastify').FastifyInstance} fastify */
function addRoutes(fastify) {
  fastify.get('/leak/log', async (request) => {
    request.log.info({ err: clientError() }, 'control-line');
    request.log.warn(clientError());
    request.log.child({ authorization: canary('child') }).error('password=%s', canary('interpolated'));
    return 'ok';
  });
  fastify.get('/leak/throw', async () => {
    throw clientError();
  });
  fastify.get('/leak/crash', async () => {
    setTimeout(() => {
      throw clientError();
    }, 50);
    return 'ok';
  });
}

/** @param {string} place */
function canary(place) {
  return `canary-${place}-value`;
}

function clientError() {
  return Object.assign(new Error(`refused with token=${canary('message')}`), {
    status: 401,
    config: { headers: { Authorization: `Bearer ${canary('header')}`, Cookie: `sid=${canary('cookie')}` } },
    response: { data: { access_token: canary('body') } },
    cause: Object.assign(new Error(`password: ${canary('cause')}`), { apiKey: canary('key') }),
  });
}
