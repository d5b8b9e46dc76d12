import { type ReactElement, useState } from 'react';
import type { Plan } from '../api/accounts.ts';
import { SelectField } from '../forms/select-field.tsx';
import { planLabel } from './plan-label.ts';
import { priceText } from './price-text.ts';
import { useUpgrade } from './use-upgrade.ts';

/** Plans that somebody may move to, priced in a currency of their choice. */
export function PlanOffers({ plans }: { readonly plans: readonly Plan[] }): ReactElement {
  const currencies = [...new Set(plans.flatMap(({ prices }) => Object.keys(prices)))];
  const [chosen, setChosen] = useState('EUR');
  const currency = currencies.includes(chosen) ? chosen : currencies[0];
  const { upgrade, isBusy, busyPlan } = useUpgrade();
  if (currency === undefined) return <p className="muted">The larger plans are not sold at the moment.</p>;

  return (
    <>
      <SelectField
        label="Currency"
        name="currency"
        value={currency}
        onChange={(event) => setChosen(event.currentTarget.value)}
        options={currencies.map((value) => ({ value, label: value }))}
      />
      <ul className="plans">
        {plans.map(({ name, prices: { [currency]: amountMinor } }) => (
          <li key={name} className="plan">
            <h3>{planLabel[name]}</h3>
            {amountMinor === undefined ? (
              <p className="muted">Not sold in {currency}.</p>
            ) : (
              <>
                <p>
                  <span className="price">{priceText(amountMinor, currency)}</span> a month
                </p>
                <button type="button" disabled={isBusy} onClick={() => upgrade({ plan: name, amountMinor, currency })}>
                  {busyPlan === name ? 'Upgrading…' : `Upgrade to ${planLabel[name]}`}
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
