import type { AsyncLocalStorage } from 'node:async_hooks';
import { getAsyncContextStrategy, getMainCarrier, type PropagationContext, Scope } from '@sentry/core';
import { getCurrentScope, getIsolationScope } from '@sentry/node';

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

/** What a fork has instead of what its parent has. */
export interface Own {
  /** `GET /users/:id` */
  readonly transactionName: string;
  readonly trace: PropagationContext;
  /** What event processors see and nobody is sent. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What has nothing in it is one object for all, until somebody puts something in. */
const NOTHING: unknown[] = Object.freeze([]) as unknown as unknown[];
const NO_CONTEXTS: object = Object.freeze({});

/** As `parent.clone()` without its breadcrumbs, and the setters of what is its own. */
export function fork(parent: Scope, own: Own): Scope {
  return new SharedScope(parent as unknown as SharedScope, own) as unknown as Scope;
}

/** Takes the user and the breadcrumbs from a scope, without telling its listeners. */
export function forgetPerson(scope: Scope): void {
  const fields = scope as unknown as SharedScope;
  fields._user = NOBODY;
  // The SDK's own scope, which a job has, adds to the list that it has.
  fields._breadcrumbs = fields instanceof SharedScope ? NOTHING : [];
}

/** As `setUser(null)` leaves it. */
const NOBODY = Object.freeze({});

/**
 * The fields of the SDK's scope, which are `protected`: a test compares them with those of the installed version. Most hold what a scope
 * replaces when it changes, so that they can be shared with the parent; those that it changes in place are copied when there is something in them.
 *
 * Not `extends Scope`, whose constructor allocates all that is left out here: the methods come by the prototype, below.
 */
class SharedScope {
  _notifyingListeners = false;
  _scopeListeners = NOTHING;
  _eventProcessors: unknown[];
  _breadcrumbs: unknown[];
  _attachments: unknown[];
  _user: unknown;
  _tags: object;
  _attributes: Record<string, unknown>;
  _extra: object;
  _contexts: object;
  _sdkProcessingMetadata: object;
  _propagationContext: PropagationContext;
  _level: unknown;
  _session: unknown;
  _transactionName: string | undefined;
  _fingerprint: unknown;
  _client: unknown;
  _lastEventId: string | undefined;
  _conversationId: string | undefined;
  #refs: Record<string, unknown> | undefined;

  constructor(parent: SharedScope, { transactionName, trace, metadata }: Own) {
    this._eventProcessors = copyOf(parent._eventProcessors);
    // Not those of the process, where what an event of a connection leaves may be about another request.
    this._breadcrumbs = NOTHING;
    this._attachments = copyOf(parent._attachments);
    this._user = parent._user;
    this._tags = parent._tags;
    this._attributes = isEmpty(parent._attributes) ? parent._attributes : { ...parent._attributes };
    this._extra = parent._extra;
    this._contexts = isEmpty(parent._contexts) ? NO_CONTEXTS : { ...parent._contexts };
    this._sdkProcessingMetadata = metadata;
    this._propagationContext = trace;
    this._level = parent._level;
    this._session = parent._session;
    this._transactionName = transactionName;
    this._fingerprint = parent._fingerprint;
    this._client = parent._client;
    this._lastEventId = parent._lastEventId;
    this._conversationId = parent._conversationId;
  }

  /** Where the SDK keeps the active span. Not inherited: whoever forks a scope for a request starts a span of its own. */
  get refs(): Record<string, unknown> {
    this.#refs ??= {};
    return this.#refs;
  }

  addScopeListener(...args: Parameters<Scope['addScopeListener']>): void {
    if (this._scopeListeners === NOTHING) this._scopeListeners = [];
    methods.addScopeListener.apply(this, args);
  }

  addEventProcessor(...args: Parameters<Scope['addEventProcessor']>): Scope {
    if (this._eventProcessors === NOTHING) this._eventProcessors = [];
    return methods.addEventProcessor.apply(this, args);
  }

  addBreadcrumb(...args: Parameters<Scope['addBreadcrumb']>): Scope {
    if (this._breadcrumbs === NOTHING) this._breadcrumbs = [];
    return methods.addBreadcrumb.apply(this, args);
  }

  addAttachment(...args: Parameters<Scope['addAttachment']>): Scope {
    if (this._attachments === NOTHING) this._attachments = [];
    return methods.addAttachment.apply(this, args);
  }

  setContext(...args: Parameters<Scope['setContext']>): Scope {
    if (this._contexts === NO_CONTEXTS) this._contexts = {};
    return methods.setContext.apply(this, args);
  }
}

/** Methods of the SDK that work on any object with its fields. */
const methods = Scope.prototype as unknown as {
  [Name in keyof Scope]: Scope[Name] extends (...args: infer Args) => infer Result
    ? { apply(self: SharedScope, args: Args): Result }
    : never;
};
Object.setPrototypeOf(SharedScope.prototype, Scope.prototype);

function copyOf(list: unknown[]): unknown[] {
  return list.length === 0 ? NOTHING : [...list];
}

function isEmpty(record: object): boolean {
  for (const _key in record) return false;
  return true;
}
