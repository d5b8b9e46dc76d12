import { Sentry } from '@qr/browser';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { changePlan, type Order } from '../api/accounts.ts';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';
import { planLabel } from './plan-label.ts';

/** Moves to another plan; the service counts the change and what it earns. */
export function usePlanChange({ onSettled }: { readonly onSettled: () => void }) {
  const { change } = useSession();
  const notify = useNotice();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (order: Order | Pick<Order, 'plan'>) => {
      notify(undefined);
      Sentry.addBreadcrumb({ message: 'Changing plan', data: { plan: order.plan } });
      return changePlan(order);
    },
    onSuccess: (user) => {
      change(user);
      notify(`Your plan is now ${planLabel[user.plan]}.`, 'success');
    },
    onError: (error) => {
      notify(failureMessage(error, 'change_plan'));
      // What is refused may have been an old price.
      return queries.invalidateQueries({ queryKey: ['plans'] });
    },
    onSettled,
  });
}
