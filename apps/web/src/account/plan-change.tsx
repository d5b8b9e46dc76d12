import { Sentry } from '@qr/browser';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { changePlan, type Order, type Plan, type PlanName } from '../api/accounts.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { failureMessage } from '../notices/failure-message.ts';
import { useNotice } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';

/** What the plans are called. */
export const planLabel: Readonly<Record<PlanName, string>> = { free: 'Free', pro: 'Pro', business: 'Business' };

/** What a plan has room for, by the rules of qr-service and microsite-service. */
export const planLimits: Readonly<Record<PlanName, { readonly codes: number; readonly microsites: number }>> = {
  free: { codes: 10, microsites: 3 },
  pro: { codes: 1000, microsites: 50 },
  business: { codes: 100_000, microsites: 1000 },
};

/**
 * A price as people of that currency write it: 900 cents are €9.00, 900 yen stay ¥900.
 *
 * @param amountMinor in minor units of the currency.
 */
export function priceText(amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  const { maximumFractionDigits: digits = 2 } = format.resolvedOptions();
  return format.format(amountMinor / 10 ** digits);
}

interface PlanDialogProps {
  /** The plan to move to; the dialog is closed without one. */
  readonly plan: Plan | undefined;
  readonly current: PlanName;
  readonly isLarger: boolean;
  readonly currency: string;
  readonly onClose: () => void;
}

const number = new Intl.NumberFormat();

/** Says what another plan changes before it does. */
export function PlanDialog({ plan, current, isLarger, currency, onClose }: PlanDialogProps): ReactElement {
  const { mutate: changePlan, isPending } = usePlanChange({ onSettled: onClose });
  const name = plan?.name ?? current;
  const { codes, microsites } = planLimits[name];
  const amountMinor = plan?.prices[currency] ?? 0;
  const confirm = () => changePlan(isLarger ? { plan: name, amountMinor, currency } : { plan: name });
  const verb = isLarger ? 'Upgrade' : 'Downgrade';
  return (
    <ConfirmDialog
      isOpen={plan !== undefined}
      title={`${verb} from ${planLabel[current]} to ${planLabel[name]}?`}
      action={isPending ? 'Changing plan…' : `Confirm ${verb.toLowerCase()}`}
      isDangerous={false}
      isBusy={isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      <ul>
        <li>
          You pay <strong>{priceText(amountMinor, currency)} a month</strong>
          {isLarger ? ', from today.' : ', from the next month.'}
        </li>
        <li>
          Your account has room for {number.format(codes)} codes and {number.format(microsites)} microsites.
        </li>
        <li>
          {isLarger
            ? 'Your codes and their statistics stay as they are.'
            : 'Existing codes and microsites keep working. With more than that you cannot make new ones.'}
        </li>
      </ul>
    </ConfirmDialog>
  );
}

/** Moves to another plan; the service counts the change and what it earns. */
function usePlanChange({ onSettled }: { readonly onSettled: () => void }) {
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
