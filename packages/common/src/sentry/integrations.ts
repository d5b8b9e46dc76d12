import * as Sentry from '@sentry/node';

/**
 * The SDK's parts that are worth their cost, named one by one: its defaults add 300 microseconds to a trivial request, report validation
 * errors as incidents, and read the machine's context (200 microseconds) for each sampled trace. Incoming requests are the request hook's.
 *
 * @param isOwnTraffic tells the requests of this library, which must not be traced.
 */
export function integrations(isOwnTraffic: (url: string) => boolean) {
  return [
    Sentry.eventFiltersIntegration(),
    Sentry.functionToStringIntegration(),
    Sentry.linkedErrorsIntegration(),
    Sentry.requestDataIntegration(),
    Sentry.contextLinesIntegration(),
    Sentry.onUncaughtExceptionIntegration(),
    Sentry.onUnhandledRejectionIntegration(),
    Sentry.nativeNodeFetchIntegration({ ignoreOutgoingRequests: isOwnTraffic }),
    Sentry.postgresIntegration(),
    Sentry.redisIntegration(),
  ];
}
