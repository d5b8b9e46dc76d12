import type { AsyncLocalStorage } from 'node:async_hooks';
import { getAsyncContextStrategy, getMainCarrier, type Scope } from '@sentry/core';
import { getCurrentScope, getIsolationScope } from '@sentry/node';
import { fork, type Own } from './shared-scope.ts';

/** What the SDK keeps in its asynchronous context. */
interface Scopes {
  readonly scope: Scope;
  readonly isolationScope: Scope;
}

/**
 * Makes the function that runs requests in scopes of their own, as `withIsolationScope` does, for a third of the cost. Call it once the SDK is set up.
 *
 * `Scope.clone` allocates 15 objects and draws a trace id, for each of the two scopes. As some of them live as long as a slow request, V8
 * came to allocate such objects in its old space; each scavenge then had to keep all that they pointed to, and took 5 ms.
 */
export function createRequestScopes(): <T>(own: Own, fn: (isolationScope: Scope) => T) => T {
  const strategy = getAsyncContextStrategy(getMainCarrier());
  const storage = strategy.getTracingChannelBinding?.()?.asyncLocalStorage as AsyncLocalStorage<Scopes> | undefined;
  if (!storage) throw new Error('@sentry/node no longer keeps its scopes where 11.1.0 did: adapt createRequestScopes.');
  return (own, fn) => {
    const scope = fork(getCurrentScope(), own);
    const isolationScope = fork(getIsolationScope(), own);
    return storage.run({ scope, isolationScope }, fn, isolationScope);
  };
}
