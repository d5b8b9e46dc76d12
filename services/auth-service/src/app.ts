import { addErasureRoute, type BuildServerOptions, buildServer, type Server, type Sessions } from '@qr/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Accounts, createAccounts } from './accounts.ts';
import type { Erasures } from './erasures.ts';
import { createGuesses, type Guesses } from './guesses.ts';
import { createKnownDevice, type KnownDevice } from './known-device.ts';
import { createRefreshCookie, type RefreshCookie } from './refresh-cookie.ts';
import { createRefreshTokens, type RefreshTokens } from './refresh-tokens.ts';
import { addAccountRoute } from './routes/account.ts';
import { addLoginRoute } from './routes/login.ts';
import { addLogoutRoute } from './routes/logout.ts';
import { addMeRoute } from './routes/me.ts';
import { addPasswordRoute } from './routes/password.ts';
import { addPlanRoute } from './routes/plan.ts';
import { addPlansRoute } from './routes/plans.ts';
import { addRefreshRoute } from './routes/refresh.ts';
import { addSignupRoute } from './routes/signup.ts';
import type { Store, User } from './store.ts';
import { createThrottle } from './throttle.ts';

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
export interface AppContext {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly refreshTokens: RefreshTokens;
  readonly refreshCookie: RefreshCookie;
  readonly now: () => number;
  readonly guesses: Guesses;
  readonly knownDevice: KnownDevice;
  readonly erasures: Erasures;
  /** Before validation, so that strangers learn nothing about a route. */
  readonly requireSession: (request: FastifyRequest) => Promise<void>;
  /** Sets both cookies. */
  readonly startSession: (reply: FastifyReply, user: User) => Promise<void>;
}

/** The service as a Fastify server that does not listen yet. */
export async function buildApp(deps: AppDependencies): Promise<Server> {
  const { store, sessions, secureCookies, secret, erasures, serviceToken, now = Date.now, server } = deps;
  const app = buildServer({ serviceName: 'auth-service', ...server });
  await app.register(sessions.plugin);

  const refreshTokens = createRefreshTokens({ store, secret, now });
  const knownDevice = createKnownDevice({ secret, secure: secureCookies });
  const refreshCookie = createRefreshCookie({ secure: secureCookies });
  const context: AppContext = {
    accounts: createAccounts({ store, now }),
    sessions,
    erasures,
    refreshTokens,
    refreshCookie,
    now,
    guesses: createGuesses({ throttle: createThrottle({ store, secret, now }), knownDevice }),
    knownDevice,
    async requireSession(request) {
      sessions.require(request);
    },
    async startSession(reply, { id, plan }) {
      refreshCookie.set(reply, await refreshTokens.issue(id));
      sessions.issue(reply, { userId: id, plan });
    },
  };
  addSignupRoute(app, context);
  addLoginRoute(app, context);
  addLogoutRoute(app, context);
  addRefreshRoute(app, context);
  addMeRoute(app, context);
  addPasswordRoute(app, context);
  addPlanRoute(app, context);
  addPlansRoute(app);
  addAccountRoute(app, context);
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
