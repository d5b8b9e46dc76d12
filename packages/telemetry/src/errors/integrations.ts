import type { Integration } from '@sentry/core';
import * as Sentry from '@sentry/node';
import { readableErrorsIntegration } from './readable-errors.ts';
import { requestDataIntegration } from './request-data.ts';
import { spanStreamIntegrations } from './span-stream.ts';
import { uncaughtErrorsIntegration } from './uncaught-errors.ts';

interface IntegrationsOptions {
  /** Tells the requests of this library, which must not be traced. */
  readonly isOwnTraffic: (url: string) => boolean;
  /** How long the end of the process may take after an uncaught error. */
  readonly shutdownTimeoutMs: number;
  /** Those of `createUnfinishedEvents`, which read the source lines of a stack. */
  readonly sourceLines: readonly Integration[];
}

/**
 * The SDK's parts that are worth their cost, named one by one: its defaults add 300 microseconds to a trivial request, report validation
 * errors as incidents, and read the machine's context (200 microseconds) for each sampled trace. Incoming requests are the request hook's.
 */
export function integrations({ isOwnTraffic, shutdownTimeoutMs, sourceLines }: IntegrationsOptions) {
  return [
    readableErrorsIntegration(),
    // First of those that change an event: it records one before linked errors are added to it.
    ...sourceLines,
    Sentry.eventFiltersIntegration(),
    Sentry.functionToStringIntegration(),
    Sentry.linkedErrorsIntegration(),
    requestDataIntegration(),
    uncaughtErrorsIntegration(shutdownTimeoutMs),
    ...spanStreamIntegrations(),
    Sentry.nativeNodeFetchIntegration({ ignoreOutgoingRequests: isOwnTraffic }),
    Sentry.postgresIntegration(),
    Sentry.redisIntegration(),
  ];
}
