import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { captureException } from '../../src/index.ts';
import { AppError, type Server } from '../../src/server.ts';

/** A way in which a request can fail: what it declares, and what must come of it. */
export interface Failure {
  /** Declares `POST /fail`, or what the way needs instead. */
  readonly declare: (app: Server) => void;
  readonly status: number;
  /** Error events; at most one whatever happens. */
  readonly events: 0 | 1;
  /** Whether the answer is the error handler's own, with an id. @default true for 5xx */
  readonly hasId?: boolean;
  /** The request, when it is not `POST /fail` with `{}`. */
  readonly request?: {
    readonly url?: string;
    readonly payload?: object | string;
    readonly headers?: Record<string, string>;
  };
}

const broken = () => new Error('broken');

/** A handler in its simplest form. */
function handler(fail: (reply: FastifyReply) => unknown): Failure['declare'] {
  return (app) => void app.post('/fail', (_request, reply) => fail(reply));
}

function fails(error: () => unknown): Failure['declare'] {
  return handler(async () => {
    throw error();
  });
}

const name = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } };

/** Errors of the code: one event each, whoever raised them and wherever. */
export const serverErrors: Readonly<Record<string, Failure>> = {
  'a synchronous throw': {
    declare: handler(() => {
      throw broken();
    }),
    status: 500,
    events: 1,
  },
  'an asynchronous throw': { declare: fails(broken), status: 500, events: 1 },
  'a rejected promise': { declare: handler(() => Promise.reject(broken())), status: 500, events: 1 },
  'reply.send(error)': { declare: handler((reply) => void reply.send(broken())), status: 500, events: 1 },
  'an error returned': { declare: handler(async () => broken()), status: 500, events: 1 },
  'an error with a status, which is what somebody else has answered': {
    declare: fails(() => Object.assign(broken(), { statusCode: 502 })),
    status: 500,
    events: 1,
  },
  'an error with a status of 4xx, as HTTP clients throw it': {
    declare: fails(() => Object.assign(new Error('upstream'), { status: 404 })),
    status: 500,
    events: 1,
  },
  'an error of http-errors with a status of 5xx': {
    declare: fails(() => Object.assign(broken(), { statusCode: 503, expose: false })),
    status: 503,
    events: 1,
  },
  'a response, as a loader throws it': {
    declare: fails(() => new Response(null, { status: 502 })),
    status: 500,
    events: 1,
  },
  'a symbol': { declare: fails(() => Symbol('broken')), status: 500, events: 1 },
  'an error whose stack is no text': {
    declare: fails(() => Object.assign(broken(), { stack: 17 })),
    status: 500,
    events: 1,
  },
  'an error whose stack is a list of call sites': {
    declare: fails(() => Object.assign(broken(), { stack: [{ toString: () => 'here' }] })),
    status: 500,
    events: 1,
  },
  'an error whose name is no text': {
    declare: fails(() => Object.assign(broken(), { name: {} })),
    status: 500,
    events: 1,
  },
  'an error with a hostile cause': {
    declare: fails(() => Object.assign(broken(), { cause: hostileError() })),
    status: 500,
    events: 1,
  },
  'a proxy that refuses everything': { declare: fails(() => refusingProxy()), status: 500, events: 1 },
  'an error of 1000 errors': {
    declare: fails(() => new AggregateError(Array.from({ length: 1000 }, broken), 'many')),
    status: 500,
    events: 1,
  },
  'an AppError of 5xx': {
    declare: fails(() => new AppError({ statusCode: 503, code: 'away', message: 'The printer is away.' })),
    status: 503,
    events: 1,
  },
  'a thrown string': { declare: fails(() => 'broken'), status: 500, events: 1 },
  'a thrown undefined': { declare: fails(() => undefined), status: 500, events: 1 },
  'a thrown null': { declare: fails(() => null), status: 500, events: 1 },
  'a thrown number': { declare: fails(() => 7), status: 500, events: 1 },
  'a thrown plain object': { declare: fails(() => ({ oops: true })), status: 500, events: 1 },
  'a frozen error': { declare: fails(() => Object.freeze(broken())), status: 500, events: 1 },
  'an error whose properties throw': { declare: fails(hostileError), status: 500, events: 1 },
  'an error that refers to itself': {
    declare: fails(() => {
      const error = broken();
      error.cause = error;
      return error;
    }),
    status: 500,
    events: 1,
  },
  'a preHandler hook': {
    declare: (app) => {
      app.post('/fail', { preHandler: async () => Promise.reject(broken()) }, async () => 'ok');
    },
    status: 500,
    events: 1,
  },
  'an onRequest hook': {
    declare: (app) => {
      app.addHook('onRequest', (_request, _reply, done) => done(broken()));
      app.post('/fail', async () => 'ok');
    },
    status: 500,
    events: 1,
  },
  'an onSend hook': {
    declare: (app) => {
      app.post('/fail', { onSend: async () => Promise.reject(broken()) }, async () => 'ok');
    },
    status: 500,
    events: 1,
    hasId: false,
  },
  'a preSerialization hook': {
    declare: (app) => {
      app.post('/fail', { preSerialization: async () => Promise.reject(broken()) }, async () => ({}));
    },
    status: 500,
    events: 1,
    hasId: false,
  },
  'an error handler of the application that answers 500': {
    declare: (app) => {
      app.setErrorHandler((_error, _request, reply) => void reply.code(500).send({ own: true }));
      app.post('/fail', async () => Promise.reject(broken()));
    },
    status: 500,
    events: 1,
    hasId: false,
  },
  'an error handler of a nested plugin': {
    declare: (app) => {
      void app.register(async (child) => {
        child.setErrorHandler((_error, _request, reply) => void reply.code(500).send({ nested: true }));
        child.post('/fail', async () => Promise.reject(broken()));
      });
    },
    status: 500,
    events: 1,
    hasId: false,
  },
  'an error handler that fails itself': {
    declare: (app) => {
      app.setErrorHandler(() => {
        throw new Error('the handler is broken too');
      });
      app.post('/fail', async () => Promise.reject(broken()));
    },
    status: 500,
    events: 1,
    hasId: false,
  },
  'a status of 500 without an error': {
    declare: handler((reply) => void reply.code(500).send({ sorry: true })),
    status: 500,
    events: 1,
    hasId: false,
  },
  'an answer that its schema refuses': {
    declare: (app) => {
      app.post('/fail', { schema: { response: { 200: name } } }, async () => ({}) as never);
    },
    status: 500,
    events: 1,
  },
  'an answer that is no JSON': {
    declare: handler(async () => ({ big: 1n })),
    status: 500,
    events: 1,
  },
  'a handler that takes too long': {
    declare: (app) => void app.post('/fail', { handlerTimeout: 20 }, () => new Promise(() => {})),
    status: 503,
    events: 1,
  },
  'a stream that fails before its first byte': {
    declare: handler((reply) => {
      const stream = new Readable({ read: () => void stream.destroy(broken()) });
      return reply.send(stream);
    }),
    status: 500,
    events: 1,
  },
  'an error that was reported before': {
    declare: fails(() => {
      const error = broken();
      captureException(error);
      return error;
    }),
    status: 500,
    events: 1,
  },
  'an error made of one that was reported before': {
    declare: fails(() => {
      const cause = broken();
      captureException(cause);
      return new Error('broken outside', { cause });
    }),
    status: 500,
    events: 1,
  },
  'a string that was reported before': {
    declare: fails(() => {
      captureException('broken');
      return 'broken';
    }),
    status: 500,
    events: 1,
  },
};

/** Errors of the client: answered, never reported. */
export const clientErrors: Readonly<Record<string, Failure>> = {
  'a schema violation': {
    declare: (app) => void app.post('/fail', { schema: { body: name } }, async () => 'ok'),
    status: 400,
    events: 0,
  },
  'malformed JSON': {
    declare: handler(async () => 'ok'),
    request: { payload: '{', headers: { 'content-type': 'application/json' } },
    status: 400,
    events: 0,
  },
  'an AppError of 401': {
    declare: fails(() => new AppError({ statusCode: 401, code: 'unauthorized', message: 'Log in.' })),
    status: 401,
    events: 0,
  },
  'an error of http-errors': {
    declare: fails(() => Object.assign(broken(), { statusCode: 409, expose: true })),
    status: 409,
    events: 0,
  },
  'an error of Fastify': {
    declare: fails(() => Object.assign(broken(), { statusCode: 415, code: 'FST_ERR_X' })),
    status: 415,
    events: 0,
  },
  'a body that cannot be unpacked': {
    declare: (app) => {
      app.addHook('preParsing', async (_request, _reply, payload) => payload.pipe(createGunzip()));
      app.post('/fail', async () => 'ok');
    },
    request: { payload: 'this is not gzip', headers: { 'content-type': 'application/json' } },
    status: 400,
    events: 0,
  },
  'an unknown route': { declare: () => {}, request: { url: '/nowhere' }, status: 404, events: 0 },
  'a body over the limit': {
    declare: handler(async () => 'ok'),
    request: { payload: { name: 'x'.repeat(2_000_000) } },
    status: 413,
    events: 0,
  },
  'an unknown content type': {
    declare: handler(async () => 'ok'),
    request: { payload: 'x', headers: { 'content-type': 'application/x-unheard-of' } },
    status: 415,
    events: 0,
  },
  'an error that a handler turns into 4xx': {
    declare: (app) => {
      app.setErrorHandler((_error, _request, reply) => void reply.code(422).send({ own: true }));
      app.post('/fail', async () => Promise.reject(broken()));
    },
    status: 422,
    events: 0,
  },
};

function hostileError(): Error {
  const refuse = () => {
    throw new Error('do not read me');
  };
  return Object.defineProperties(broken(), {
    message: { get: refuse },
    stack: { get: refuse },
    statusCode: { get: refuse },
    cause: { get: refuse },
  });
}

function refusingProxy(): Error {
  const refuse = () => {
    throw new Error('do not touch me');
  };
  return new Proxy(broken(), {
    get: refuse,
    has: refuse,
    getPrototypeOf: refuse,
    ownKeys: refuse,
    getOwnPropertyDescriptor: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
  });
}

/** Sends half of a body and goes away. */
export async function abortRequest(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    'POST /fail HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"half":',
  );
  await new Promise((resolve) => setTimeout(resolve, 20));
  socket.destroy();
}
