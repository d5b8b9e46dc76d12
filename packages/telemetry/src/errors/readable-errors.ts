import { defineIntegration } from '@sentry/core';
import { getIsolationScope } from '@sentry/node';
import { toReportable } from './reportable-error.ts';

/**
 * Gives the SDK errors that it can read, whichever way they come: what refuses to be read, what is no error and what links to too many others
 * would otherwise throw into its caller or be lost. See {@link toReportable}.
 */
export const readableErrorsIntegration = defineIntegration(() => ({
  name: 'ReadableErrors',
  setup(client) {
    const build = client.eventFromException.bind(client);
    client.eventFromException = (exception, hint) => {
      const { transactionName: place } = getIsolationScope().getScopeData();
      const readable = toReportable(exception, { place, stack: hint?.syntheticException?.stack });
      // Linked errors are read from here.
      if (hint && readable !== exception) hint.originalException = readable;
      return build(readable, hint);
    };
  },
}));
