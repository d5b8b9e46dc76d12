import type { AsyncLocalStorage } from 'node:async_hooks';
import { getAsyncContextStrategy, getMainCarrier, type PropagationContext, type Scope } from '@sentry/core';
import * as Sentry from '@sentry/node';
import { attachState, type RequestState, type ScopesOfState, stateOf } from './request-state.ts';

/** What the SDK keeps in its asynchronous context. */
interface Scopes {
  readonly scope: Scope;
  readonly isolationScope: Scope;
}

type ScopeStorage = AsyncLocalStorage<Scopes | undefined>;

/** What the scopes of a request have instead of what those around them have. */
interface Own {
  readonly trace: PropagationContext;
  /** `GET /users/:id` */
  readonly transactionName: string;
  /** What event processors see and nobody is sent. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The SDK's asynchronous context, with requests in it. */
export interface RequestScopes {
  /** Runs a function in the context of a new request. */
  open<T>(state: RequestState, own: Own, fn: () => T): T;
  /** Runs a function in the context of a request or job, from wherever it is called. */
  enter<T>(state: RequestState, fn: () => T): T;
  /** Returns the request or job that the caller is in; `undefined` outside of any, and for work that one has left running. */
  current(): RequestState | undefined;
}

/**
 * The SDK asks the store of its context for `scope` and `isolationScope`. Those of a request are made when it first does: most requests never report
 * anything, and two scopes are 30 objects, some of which V8 moves to its old space when a request takes its time.
 *
 * @throws Error when the SDK keeps its scopes elsewhere than 11.1.0 does. Call it once the SDK is set up.
 */
export function createRequestScopes(): RequestScopes {
  const strategy = getAsyncContextStrategy(getMainCarrier());
  const storage = strategy.getTracingChannelBinding?.()?.asyncLocalStorage as ScopeStorage | undefined;
  if (!storage) throw new Error('@sentry/node no longer keeps its scopes where 11.1.0 did: adapt createRequestScopes.');
  return {
    open: (state, own, fn) => storage.run(new LazyScopes(state, own, storage), fn),
    enter(state, fn) {
      const { scopes, span = null } = state;
      if (scopes instanceof LazyScopes) {
        if (storage.getStore() === scopes || scopes.isAround(storage.getStore())) return fn();
        return storage.run(scopes, span ? () => Sentry.withActiveSpan(span, fn) : fn);
      }
      if (!scopes || Sentry.getIsolationScope() === scopes.isolationScope) return fn();
      return Sentry.withIsolationScope(scopes.isolationScope, () => {
        if (state.trace) Sentry.getCurrentScope().setPropagationContext(state.trace);
        return Sentry.withActiveSpan(span, fn);
      });
    },
    current() {
      const store = storage.getStore();
      if (store instanceof LazyScopes) return store.state.endedAt === undefined ? store.state : undefined;
      return store && stateOf(store.isolationScope);
    },
  };
}

/** The scopes of one request. */
class LazyScopes implements Scopes, ScopesOfState {
  readonly state: RequestState;
  #own: Own;
  readonly #storage: ScopeStorage;
  /** The context in which the request was opened, which the scopes inherit from. */
  readonly #outer: Scopes | undefined;
  #scope: Scope | undefined;
  #isolationScope: Scope | undefined;

  constructor(state: RequestState, own: Own, storage: ScopeStorage) {
    this.state = state;
    this.#own = own;
    this.#storage = storage;
    this.#outer = storage.getStore();
    state.scopes = this;
  }

  get scope(): Scope {
    // Without the span of what has opened the request: it starts one of its own.
    this.#scope ??= this.#fork(() => Sentry.withActiveSpan(null, (scope) => scope));
    return this.#scope;
  }

  get isolationScope(): Scope {
    if (this.#isolationScope) return this.#isolationScope;
    // The name is that of this scope only: the SDK copies the other one, and would keep a name that has changed.
    this.#isolationScope = this.#fork(() => Sentry.getIsolationScope().clone());
    this.#isolationScope.setTransactionName(this.#own.transactionName);
    if (this.state.endedAt === undefined) attachState(this.#isolationScope, this.state);
    else this.#isolationScope.setUser({});
    return this.#isolationScope;
  }

  get made(): Scope | undefined {
    return this.#isolationScope;
  }

  rename(transactionName: string): void {
    this.#own = { ...this.#own, transactionName };
    this.#isolationScope?.setTransactionName(transactionName);
  }

  /** Whether a store is of a scope that the SDK has made within this request. */
  isAround(store: Scopes | undefined): boolean {
    return !(store instanceof LazyScopes) && store !== undefined && store.isolationScope === this.#isolationScope;
  }

  #fork(make: () => Scope): Scope {
    const { trace, metadata } = this.#own;
    return (
      this.#storage
        .run(this.#outer, make)
        // Breadcrumbs of the process belong to no request.
        .clearBreadcrumbs()
        .setPropagationContext(trace)
        .setSDKProcessingMetadata(metadata)
    );
  }
}
