import { defineIntegration } from '@sentry/core';
import type { Event } from '@sentry/node';

/** What an error tells of the request that it failed: never headers, cookies, a query or a body. */
export interface RequestData {
  readonly method: string;
  /** Without a query. */
  readonly url: string;
}

/**
 * Instead of the SDK's integration of that name, which also works on every span: a URL parsed, attributes merged three times, and an entry
 * in a WeakMap, which lives until a full collection. Spans have method and path from the request hook.
 */
export const requestDataIntegration = defineIntegration(() => ({
  name: 'RequestData',
  processEvent(event: Event) {
    const data = event.sdkProcessingMetadata?.['requestData'] as RequestData | undefined;
    if (data) event.request = { ...event.request, ...data };
    return event;
  },
}));
