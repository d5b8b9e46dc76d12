import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useId } from 'react';
import { listPlans, type User } from '../api/accounts.ts';
import { Failure } from '../layout/failure.tsx';
import { Skeleton } from '../layout/skeleton.tsx';
import { planLabel } from './plan-label.ts';
import { PlanOffers } from './plan-offers.tsx';

/** The user's plan and the plans to switch to. */
export function PlanSection({ user }: { readonly user: User }): ReactElement {
  const titleId = useId();
  const plans = useQuery({ queryKey: ['plans'], queryFn: ({ signal }) => listPlans(signal) });
  return (
    <section className="card account-section" aria-labelledby={titleId}>
      <h2 id={titleId}>Plan</h2>
      <p>
        You are on the <strong>{planLabel[user.plan]}</strong> plan.
      </p>
      {plans.isPending && <Skeleton height="card" label="Loading plans" />}
      {plans.isError && !plans.data && (
        <Failure error={plans.error} action="list_plans" onRetry={() => plans.refetch()} />
      )}
      {plans.data && <PlanOffers plans={plans.data} current={user.plan} />}
    </section>
  );
}
