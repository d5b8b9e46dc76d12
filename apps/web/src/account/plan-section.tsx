import { Sentry } from '@qr/browser';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { changePlan, listPlans, type Order, type Plan, type PlanName, type User } from '../api/accounts.ts';
import { SelectField } from '../forms/fields.tsx';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { Loaded } from '../layout/page.tsx';
import { failureMessage, useNotice } from '../notices/notice-provider.tsx';
import { useSession } from '../session/session-provider.tsx';
import { AccountSection } from './account-sections.tsx';

/** The user's plan and the plans to switch to. */
export function PlanSection({ user }: { readonly user: User }): ReactElement {
  const plans = useQuery({ queryKey: ['plans'], queryFn: ({ signal }) => listPlans(signal) });
  return (
    <AccountSection title="Plan">
      <p>
        You are on the <strong>{planLabel[user.plan]}</strong> plan.
      </p>
      <Loaded query={plans} action="list_plans" height="card" label="Loading plans">
        {(offered) => <PlanOffers plans={offered} current={user.plan} />}
      </Loaded>
    </AccountSection>
  );
}

interface PlanOffersProps {
  /** From the smallest to the largest. */
  readonly plans: readonly Plan[];
  readonly current: PlanName;
}

const number = new Intl.NumberFormat();

/** All plans, priced in a currency of choice; a button for each that the account does not have. */
function PlanOffers({ plans, current }: PlanOffersProps): ReactElement {
  const currencies = [...new Set(plans.flatMap(({ prices }) => Object.keys(prices)))];
  const [preferred, setPreferred] = useState('EUR');
  const [chosen, setChosen] = useState<Plan>();
  const currency = currencies.includes(preferred) ? preferred : (currencies[0] ?? 'EUR');
  const place = plans.findIndex(({ name }) => name === current);

  return (
    <>
      {currencies.length > 1 && (
        <SelectField
          label="Currency"
          name="currency"
          value={currency}
          onChange={(event) => setPreferred(event.currentTarget.value)}
          options={currencies.map((value) => ({ value, label: value }))}
        />
      )}
      <ul className="plans">
        {plans.map((plan, index) => {
          const { name, prices } = plan;
          const price = prices[currency];
          const isSold = index <= place || price !== undefined;
          return (
            <li key={name} className={name === current ? 'plan current' : 'plan'}>
              <h3>{planLabel[name]}</h3>
              <p>
                <span className="price">{priceText(price ?? 0, currency)}</span> a month
              </p>
              <p className="muted">
                {number.format(planLimits[name].codes)} codes, {number.format(planLimits[name].microsites)} microsites
              </p>
              {name === current && <p className="plan-mark">Current plan</p>}
              {name !== current && isSold && (
                <button type="button" className={index < place ? 'quiet' : undefined} onClick={() => setChosen(plan)}>
                  {index < place ? 'Downgrade' : 'Upgrade'}
                  {/* The heading of the card says it to those who see it. */}
                  <span className="visually-hidden"> to {planLabel[name]}</span>
                </button>
              )}
              {!isSold && <p className="muted">Not sold in {currency}.</p>}
            </li>
          );
        })}
      </ul>
      <PlanDialog
        plan={chosen}
        current={current}
        isLarger={chosen !== undefined && plans.indexOf(chosen) > place}
        currency={currency}
        onClose={() => setChosen(undefined)}
      />
    </>
  );
}

/** What the plans are called. */
const planLabel: Readonly<Record<PlanName, string>> = { free: 'Free', pro: 'Pro', business: 'Business' };

/** What a plan has room for, by the rules of qr-service and microsite-service. */
const planLimits: Readonly<Record<PlanName, { readonly codes: number; readonly microsites: number }>> = {
  free: { codes: 10, microsites: 3 },
  pro: { codes: 1000, microsites: 50 },
  business: { codes: 100_000, microsites: 1000 },
};

/**
 * A price as people of that currency write it: 900 cents are €9.00, 900 yen stay ¥900.
 *
 * @param amountMinor in minor units of the currency.
 */
function priceText(amountMinor: number, currency: string): string {
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

/** Says what another plan changes before it does. */
function PlanDialog({ plan, current, isLarger, currency, onClose }: PlanDialogProps): ReactElement {
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
