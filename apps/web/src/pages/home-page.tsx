import { lazy, type ReactElement, Suspense } from 'react';
import { Skeleton } from '../layout/skeleton.tsx';
import { useSession } from '../session/session-provider.tsx';
import { DashboardPage } from './dashboard-page.tsx';

// People who have an account never load it.
const LandingPage = lazy(async () => ({ default: (await import('./landing-page.tsx')).LandingPage }));

/** The dashboard for a logged-in user, the landing page for visitors. */
export function HomePage(): ReactElement {
  const { user } = useSession();
  if (user === undefined) return <Skeleton height="page" />;
  if (user) return <DashboardPage />;
  return (
    <Suspense fallback={<Skeleton height="page" />}>
      <LandingPage />
    </Suspense>
  );
}
