import type { ReactElement } from 'react';
import type { Plan, PlanName } from '../api/accounts.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { planLabel, planLimits } from './plan-label.ts';
import { priceText } from './price-text.ts';
import { usePlanChange } from './use-plan-change.ts';

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
