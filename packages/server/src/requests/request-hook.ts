import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import { type Errors, type RequestState, readObservabilityConfig } from '@qr/telemetry/internal';
import { stripUrl } from '@qr/telemetry/privacy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isHealthRoute } from './request-context.ts';
import { createTraceTrust } from './trace-trust.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false`: requests of this route are neither traced nor reported. */
    readonly observability?: boolean;
  }
}

/** Where a request keeps its state. A symbol: no plugin can collide with it. */
export const stateKey = Symbol('observability.request');

type WithState = { [stateKey]: RequestState | null };

export function requestState(request: FastifyRequest): RequestState | null {
  return (request as unknown as WithState)[stateKey];
}

/**
 * Gives each request a scope of its own, a place in its trace, and at most one error event.
 *
 * It replaces the SDK's Fastify integration, which reports validation errors (it asks for the status before there is one) and costs four
 * times as much.
 */
export function addRequestHooks(app: FastifyInstance, { requests }: Errors): void {
  requests.prepare();
  const mayDecide = createTraceTrust(readObservabilityConfig().config.SERVICE_TOKEN);
  app.addHook('onRequest', (request, _reply, done) => {
    const path = stripUrl(request.url);
    if (isHealthRoute(path) || request.routeOptions.config.observability === false) return done();
    const { method, raw } = request;
    const opened = { method, path, route: request.routeOptions.url, caller: request, op: 'http.server' };
    requests.open(opened, mayDecide, (state) => {
      (request as unknown as WithState)[stateKey] = state;
      if (method !== 'GET' && method !== 'HEAD') emitInContext(raw);
      // Hooks of Fastify call the next one from within `done`, so the rest of the request runs in this scope.
      done();
    });
  });

  // Runs before any error handler, nested ones too, while the error is still what was thrown.
  app.addHook('onError', (request, _reply, error, done) => {
    const state = requestState(request);
    if (state) requests.fail(state, error);
    done();
  });

  app.addHook('onSend', (request, reply, payload, done) => {
    reportServerError(requests, request, reply);
    done(null, payload);
  });

  app.addHook('onResponse', (request, reply, done) => {
    // Again, for a status that a later `onSend` hook has changed.
    reportServerError(requests, request, reply);
    const state = requestState(request);
    if (state) requests.endSpan(state, reply.statusCode);
    done();
    if (state) requests.end(state);
  });

  app.addHook('onRequestAbort', (request, done) => {
    const state = requestState(request);
    // 499: the client went away before there was an answer.
    if (state) requests.endSpan(state, 499);
    done();
  });
}

/**
 * Node emits the events of a body in the context of the connection, in which a breadcrumb of a parser would land in the scope of the process, and in
 * which the handler would run: they are emitted in the context of the request instead.
 */
function emitInContext(body: IncomingMessage): void {
  const enter = AsyncLocalStorage.snapshot();
  const emit = body.emit;
  body.emit = (...event: Parameters<typeof emit>) => enter(() => Reflect.apply(emit, body, event));
}

function reportServerError(requests: Errors['requests'], request: FastifyRequest, reply: FastifyReply): void {
  if (reply.statusCode < 500) return;
  const state = requestState(request);
  if (!state || (state.hasError && isClientGone(reply, state.error))) return;
  const line = requests.report(
    state,
    () => `${request.method} ${request.routeOptions.url} answered ${reply.statusCode} without an error`,
  );
  // An error handler of the application's own does not know.
  if (line) request.log.info(line, 'request failed');
}

/** Codes of Node, undici and the DOM for work that was given up. */
const ABORTED = new Set(['ABORT_ERR', 'UND_ERR_ABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);

/**
 * Whether an error only says that work was given up because the client went away (a page that was left, a proxy that passed that on): nobody waits
 * for the answer, and nothing is wrong. Any other failure after a client has gone is still an incident.
 */
export function isClientGone({ raw: response }: FastifyReply, error: unknown): boolean {
  // Not by the request, from which a proxy may have taken its socket.
  if (!response.destroyed || response.writableFinished || typeof error !== 'object' || error === null) return false;
  try {
    const { name, code, message } = error as { readonly [Key in 'name' | 'code' | 'message']?: unknown };
    // The last is what Node raises on a request whose client has hung up.
    return name === 'AbortError' || ABORTED.has(String(code)) || (code === 'ECONNRESET' && message === 'aborted');
  } catch {
    // Getters that refuse.
    return false;
  }
}
