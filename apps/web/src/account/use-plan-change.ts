import { Sentry } from '@qr/browser';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Order, type PlanName, upgradePlan } from '../api/accounts.ts';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';
import { planLabel } from './plan-label.ts';

/** How to move to a larger plan. */
export interface Upgrade {
  readonly upgrade: (order: Order) => void;
  readonly isBusy: boolean;
  /** The plan that is being ordered. */
  readonly busyPlan: PlanName | undefined;
}

/** Orders a plan; the service counts the upgrade and what it earns. */
export function useUpgrade(): Upgrade {
  const { change } = useSession();
  const notify = useNotice();
  const queries = useQueryClient();
  const { mutate, isPending, variables } = useMutation({
    mutationFn: (order: Order) => {
      notify(undefined);
      Sentry.addBreadcrumb({ message: 'Upgrading plan', data: { plan: order.plan } });
      return upgradePlan(order);
    },
    onSuccess: (user) => {
      change(user);
      notify(`Your plan is now ${planLabel[user.plan]}.`, 'success');
    },
    onError: (error) => {
      notify(failureMessage(error, 'upgrade_plan'));
      // What is refused may have been an old price.
      return queries.invalidateQueries({ queryKey: ['plans'] });
    },
  });
  return { upgrade: mutate, isBusy: isPending, busyPlan: isPending ? variables.plan : undefined };
}
