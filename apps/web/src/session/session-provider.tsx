import { captureException, identifyUser, resetMixpanel } from '@qr/browser';
import { createContext, type ReactElement, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { currentUser, logOut, type User } from '../api/accounts.ts';
import { ApiError, NetworkError, queryClient, retryDelayMs, whenSessionEnds } from '../api/request.ts';

/** Who uses the app. */
export interface Session {
  /** `undefined` until the service has answered, `null` when nobody is logged in. */
  readonly user: User | null | undefined;
  readonly enter: (user: User) => void;
  /** The same person, with another plan. */
  readonly change: (user: User) => void;
  readonly leave: () => Promise<void>;
  /** For a session that the service has ended by itself. */
  readonly forget: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

export function SessionProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const [user, setUser] = useState<User | null>();

  const session = useMemo<Session>(() => {
    const forget = () => {
      // A visitor who never logged in keeps the id of their device.
      if (user) resetMixpanel();
      // Whoever comes next must not see it, not even for a moment.
      queryClient.clear();
      setUser(null);
    };
    whenSessionEnds(forget);
    return {
      user,
      enter: (next) => {
        identifyUser(next.id, { plan: next.plan, $created: next.createdAt });
        setUser(next);
      },
      change: (next) => {
        identifyUser(next.id, { plan: next.plan });
        setUser(next);
      },
      leave: async () => {
        await logOut();
        forget();
      },
      forget,
    };
  }, [user]);

  useEffect(() => {
    const controller = new AbortController();
    findUser(controller.signal)
      .then((found) => {
        identifyUser(found.id, { plan: found.plan, $created: found.createdAt });
        setUser(found);
      })
      .catch((error: unknown) => {
        if (controller.signal.aborted) return;
        if (!(error instanceof ApiError)) {
          captureException(error, { action: 'load_session' });
        }
        setUser(null);
      });
    return () => controller.abort();
  }, []);

  return <SessionContext value={session}>{children}</SessionContext>;
}

/** Repeats the request until there is an answer, because a failed request does not mean that the user is logged out. */
async function findUser(signal: AbortSignal): Promise<User> {
  for (let failures = 0; ; failures++) {
    try {
      return await currentUser(signal);
    } catch (error) {
      if (!(error instanceof NetworkError) || signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs(failures)));
    }
  }
}

/** @throws outside a {@link SessionProvider}. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession needs a <SessionProvider> above it.');
  return session;
}
