import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { listPlans, type Plan, type PlanName, type User } from '../api/accounts.ts';
import { SelectField } from '../forms/fields.tsx';
import { Loaded } from '../layout/loaded.tsx';
import { AccountSection } from './account-section.tsx';
import { PlanDialog, planLabel, planLimits, priceText } from './plan-change.tsx';

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
