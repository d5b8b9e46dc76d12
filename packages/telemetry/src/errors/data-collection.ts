import type { NodeOptions } from '@sentry/node';

/**
 * The SDK collects everything unless told otherwise, request bodies with passwords and cookies included; `sendDefaultPii: false` has no
 * effect since version 11. This turns every source off.
 */
export const dataCollection: NonNullable<NodeOptions['dataCollection']> = {
  userInfo: false,
  cookies: false,
  httpHeaders: false,
  httpBodies: [],
  urlQueryParams: false,
  graphQL: { document: false, variables: false },
  genAI: { inputs: false, outputs: false },
  databaseQueryData: false,
  queues: false,
};
