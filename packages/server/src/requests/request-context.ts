import type { IncomingHttpHeaders } from 'node:http';
import {
  type Caller,
  type Errors,
  internals,
  isThenable,
  type RequestState,
  readObservabilityConfig,
  type TelemetryHandle,
} from '@qr/telemetry/internal';
import { stripUrl } from '@qr/telemetry/privacy';
import { AppError } from '../app-error.ts';
import { createTraceTrust } from './trace-trust.ts';

/** A request of any framework, or a job that is described as one. */
export interface RequestDescription {
  /** Such as `GET`; of a job a word such as `QUEUE` or `CRON`. */
  readonly method: string;
  /** The path; a query is dropped. Of a job its name. */
  readonly url: string;
  /** The pattern, such as `/users/:id`, which says what of the path may be shown. @default none: nothing of the path is shown */
  readonly route?: string | undefined;
  /** `sentry-trace` and `baggage` continue the caller's trace. @default none: a new trace */
  readonly headers?: IncomingHttpHeaders;
  /** Limits how many traces one address may have recorded. @default callers without an address share one limit */
  readonly ip?: string | undefined;
  /** The kind of the span. @default 'http.server' */
  readonly op?: string;
}

/** The context of one request: user, route, trace, breadcrumbs, and at most one error event. */
export interface RequestContext {
  /** Runs a function in the context. */
  run<T>(fn: () => T): T;
  /** Names the route, for frameworks that match it later. */
  setRoute(route: string): void;
  /** Returns the id for the answer of a 5xx, under which the error is reported. */
  errorId(): string;
  /** Remembers the error that will be answered. */
  fail(error: unknown): void;
  /** Ends the request with the status of its answer. Of 500 and above, its error is reported unless it already was. Idempotent. */
  end(statusCode: number): void;
}

/** Requests that are neither traced nor reported: a probe every second would drown the rest. */
export function isHealthRoute(path: string): boolean {
  return /^\/health(\/|$)/.test(path);
}

/**
 * Opens the context of a request, for frameworks whose middleware returns before the request ends. Every context must be ended. Without error
 * tracking it does nothing but call functions.
 *
 * @example
 * const context = openRequestContext(telemetry, { method: req.method, url: req.url, headers: req.headers, ip: req.ip });
 * res.on('close', () => context.end(res.statusCode));
 * context.run(next);
 */
export function openRequestContext(telemetry: TelemetryHandle, request: RequestDescription): RequestContext {
  return openWith(telemetry[internals].errors, request, (context) => context);
}

/**
 * Runs a function in the context of a request that ends with it: a handler, a queue worker, a scheduled script, a Lambda function. An error that it throws
 * is reported once and thrown on; an `AppError` below 500 is not reported. Otherwise the request ends with 200, or as the function says by `end`.
 */
export function withRequestContext<T>(
  telemetry: TelemetryHandle,
  request: RequestDescription,
  fn: (context: RequestContext) => T,
): T {
  return openWith(telemetry[internals].errors, request, (context) => {
    const onError = (error: unknown) => {
      context.fail(error);
      context.end(error instanceof AppError ? error.statusCode : 500);
    };
    try {
      const result = fn(context);
      if (isThenable(result)) result.then(() => context.end(200), onError);
      else context.end(200);
      return result;
    } catch (error) {
      onError(error);
      throw error;
    }
  });
}

function openWith<T>(errors: Errors, description: RequestDescription, fn: (context: RequestContext) => T): T {
  const { method, url, route, headers = {}, ip = '', op = 'http.server' } = description;
  const path = stripUrl(url);
  if (!errors.isOn() || isHealthRoute(path)) return fn(contextOf(errors, null, description));
  const { requests } = errors;
  requests.mayDecide ??= createTraceTrust(readObservabilityConfig().config.SERVICE_TOKEN);
  const caller: Caller = { ip, headers };
  return requests.open({ method, path, route, caller, op }, requests.mayDecide, (state) =>
    fn(contextOf(errors, state, description)),
  );
}

function contextOf(
  { requests }: Errors,
  state: RequestState | null,
  { method, route: given }: RequestDescription,
): RequestContext {
  let route = given;
  let errorId: string | undefined;
  let isEnded = false;
  return {
    run: (fn) => requests.run(state, () => fn()),
    setRoute(matched) {
      route = matched;
      if (state) requests.setRoute(state, method, matched);
    },
    errorId() {
      errorId ??= requests.errorIdOf(state);
      return errorId;
    },
    fail(error) {
      if (state) requests.fail(state, error);
    },
    end(statusCode) {
      if (!state || isEnded) return;
      isEnded = true;
      if (statusCode >= 500) {
        requests.report(state, () => `${method} ${route ?? '(no route)'} answered ${statusCode} without an error`);
      }
      requests.endSpan(state, statusCode);
      requests.end(state);
    },
  };
}
