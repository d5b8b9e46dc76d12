import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import {
  attachState,
  createRequestScopes,
  createRequestState,
  endState,
  isHealthRoute,
  REQUEST_ORIGIN,
  type RequestData,
  type RequestState,
  readObservabilityConfig,
  rememberReport,
  report,
  reportedAs,
  sample,
  sentryState,
  suppressedLine,
  type Verdict,
} from '@qr/telemetry/internal';
import { stripUrl } from '@qr/telemetry/privacy';
import { uuid4 } from '@sentry/core';
import * as Sentry from '@sentry/node';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isClientGone } from './client-gone.ts';
import { requestState, setRequestState } from './request-key.ts';
import { createTraceTrust } from './trace-trust.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `false`: requests of this route are neither traced nor reported. */
    readonly observability?: boolean;
  }
}

/**
 * Gives each request a scope of its own, a place in its trace, and at most one error event.
 *
 * It replaces the SDK's Fastify integration, which reports validation errors (it asks for the status before there is one) and costs four
 * times as much. What an unsampled request pays for is a scope and a few fields; nothing else is built for it.
 */
export function addRequestHooks(app: FastifyInstance): void {
  const runInScope = createRequestScopes();
  const mayDecide = createTraceTrust(readObservabilityConfig().config.SERVICE_TOKEN);
  app.addHook('onRequest', (request, _reply, done) => {
    const path = stripUrl(request.url);
    if (isHealthRoute(path) || request.routeOptions.config.observability === false) return done();
    const state = createRequestState();
    setRequestState(request, state);
    const route = request.routeOptions.url;
    const { context, isSampled } = sample(request, sentryState.sampleRateOf(route), mayDecide);
    // `sampled: false` also tells services further on, and keeps the SDK from building child spans.
    state.trace = isSampled ? context : { ...context, sampled: false };
    const name = `${request.method} ${route ?? '(no route)'}`;
    const requestData: RequestData = { method: request.method, url: path };
    // One level down, as the SDK copies what is on the first.
    const metadata = { requestData, observability: { state } };
    const proceed = () => {
      if (request.method !== 'GET' && request.method !== 'HEAD') emitInContext(request.raw);
      // Hooks of Fastify call the next one from within `done`, so the rest of the request runs in this scope.
      done();
    };
    runInScope({ transactionName: name, trace: state.trace, metadata }, (scope) => {
      attachState(scope, state);
      if (!isSampled) return proceed();
      state.span = startSpan(request, name, path);
      Sentry.withActiveSpan(state.span, proceed);
    });
  });

  // Runs before any error handler, nested ones too, while the error is still what was thrown.
  app.addHook('onError', (request, _reply, error, done) => {
    const state = requestState(request);
    if (state) {
      state.error = error;
      state.hasError = true;
    }
    done();
  });

  app.addHook('onSend', (request, reply, payload, done) => {
    reportServerError(request, reply);
    done(null, payload);
  });

  app.addHook('onResponse', (request, reply, done) => {
    // Again, for a status that a later `onSend` hook has changed.
    reportServerError(request, reply);
    const state = requestState(request);
    endSpan(state, reply.statusCode);
    done();
    if (state) endState(state);
  });

  app.addHook('onRequestAbort', (request, done) => {
    // 499: the client went away before there was an answer.
    endSpan(requestState(request), 499);
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

function startSpan(request: FastifyRequest, name: string, path: string): Sentry.Span {
  return Sentry.startInactiveSpan({
    name,
    op: 'http.server',
    attributes: {
      'sentry.origin': REQUEST_ORIGIN,
      'sentry.segment.name.source': 'route',
      'http.request.method': request.method,
      'http.route': request.routeOptions.url ?? '',
      'url.path': path,
    },
  });
}

function reportServerError(request: FastifyRequest, reply: FastifyReply): void {
  if (reply.statusCode < 500) return;
  const state = requestState(request);
  if (!state?.scope || state.isRefused || state.isReported) return;
  if (state.hasError && isClientGone(reply, state.error)) return;
  state.isReported = true;
  if (state.hasError ? reportedAs(state, state.error) !== undefined : state.reports?.latest !== undefined) return;
  const error = state.hasError
    ? state.error
    : new Error(`${request.method} ${request.routeOptions.url} answered ${reply.statusCode} without an error`);
  const errorId = errorIdOf(state);
  const isLogged = state.answered?.eventId === errorId;
  let verdict: Verdict | undefined;
  inContextOf(state, () => {
    verdict = report(error, errorId);
  });
  rememberReport(state, error, { eventId: errorId, verdict, at: Date.now() });
  // An error handler of the application's own does not know.
  if (verdict?.isSuppressed && !isLogged) request.log.info(suppressedLine(verdict, errorId), 'request failed');
}

/** Runs a function under the scope, the trace and the span of a request, from wherever it is called: a timer, or after the answer. */
export function inContextOf(state: RequestState | null, fn: () => void): void {
  if (!state?.scope || Sentry.getIsolationScope() === state.scope) return fn();
  Sentry.withIsolationScope(state.scope, () => {
    if (state.trace) Sentry.getCurrentScope().setPropagationContext(state.trace);
    Sentry.withActiveSpan(state.span ?? null, fn);
  });
}

/** The id that the answer shows and the event will have. */
export function errorIdOf(state: RequestState | null): string {
  if (!state) return uuid4();
  state.errorId ??= (state.hasError ? reportedAs(state, state.error)?.eventId : undefined) ?? uuid4();
  return state.errorId;
}

function endSpan(state: RequestState | null, statusCode: number): void {
  if (!state?.span) return;
  Sentry.setHttpStatus(state.span, statusCode);
  state.span.end();
  state.span = undefined;
}
