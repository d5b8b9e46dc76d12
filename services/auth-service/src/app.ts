import { addErasureRoute, type BuildServerOptions, buildServer, type Server, type Sessions } from '@qr/common/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Accounts, createAccounts } from './accounts.ts';
import type { Erasures } from './erasures.ts';
import { createGuesses, createKnownDevice, type Guesses, type KnownDevice } from './guesses.ts';
import { createRefreshTokens, type RefreshTokens } from './refresh-tokens.ts';
import { addAccountRoutes, addPlanRoutes, addSessionRoutes } from './routes/accounts.ts';
import type { Store, User } from './store.ts';

export interface AppDependencies {
  readonly store: Store;
  readonly sessions: Sessions;
  readonly secureCookies: boolean;
  /** Signs what marks known browsers, derives refresh ids, and hides addresses at which someone guesses. */
  readonly secret: string;
  readonly erasures: Erasures;
  /** What an operator shows to have somebody erased. */
  readonly serviceToken: string;
  /** @default Date.now */
  readonly now?: () => number;
  readonly server?: BuildServerOptions;
}

/** What the routes work with. */
export interface AppContext extends Pick<AppDependencies, 'sessions' | 'erasures'> {
  readonly accounts: Accounts;
  readonly refreshTokens: RefreshTokens;
  readonly guesses: Guesses;
  readonly knownDevice: KnownDevice;
  readonly now: () => number;
  /** Before validation, so that strangers learn nothing about a route. */
  readonly requireSession: (request: FastifyRequest) => Promise<void>;
  /** Sets the cookies of the session, and the mark of a browser whose owner was logged in. */
  readonly startSession: (reply: FastifyReply, user: User) => Promise<void>;
  /** Clears the cookies of the session; the mark of the browser stays. */
  readonly endSession: (reply: FastifyReply) => void;
}

/** The service as a Fastify server that does not listen yet. */
export async function buildApp(deps: AppDependencies): Promise<Server> {
  const { store, sessions, secureCookies, secret, erasures, serviceToken, now = Date.now, server } = deps;
  const app = buildServer({ serviceName: 'auth-service', ...server });
  await app.register(sessions.plugin);

  const refreshTokens = createRefreshTokens({ store, secret, secureCookies, now });
  const knownDevice = createKnownDevice({ secret, secure: secureCookies });
  const context: AppContext = {
    accounts: createAccounts({ store, now }),
    guesses: createGuesses({ store, knownDevice, secret, now }),
    sessions,
    refreshTokens,
    knownDevice,
    erasures,
    now,
    async requireSession(request) {
      sessions.require(request);
    },
    async startSession(reply, user) {
      knownDevice.remember(reply, user);
      await refreshTokens.issue(reply, user.id);
      sessions.issue(reply, { userId: user.id, plan: user.plan });
    },
    endSession(reply) {
      sessions.clear(reply);
      refreshTokens.clear(reply);
    },
  };
  addSessionRoutes(app, context);
  addAccountRoutes(app, context);
  addPlanRoutes(app, context);
  addErasureRoute(app, {
    serviceToken,
    async erase(userId) {
      const user = await context.accounts.erase(userId, erasures.services);
      if (!user) return;
      await context.guesses.forget(user);
      // The answer does not wait for the others; what is not confirmed now is asked for again.
      void erasures.run();
    },
  });
  return app;
}
