import type { ReactElement, SubmitEvent } from 'react';
import type { FaultEndpoint, FaultRule } from '../../../src/faults/fault.ts';
import { ENDPOINTS, FAULTS, LENGTHS, SHARES } from './fault-choices.ts';

/** A fault to come, put together from four lists. */
export function FaultForm({ onAdd }: { readonly onAdd: (rule: FaultRule) => void }): ReactElement {
  const add = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [, fault] = FAULTS[Number(form.get('fault'))] ?? [];
    if (fault === undefined) return;
    const endpoint = form.get('endpoint');
    const contains = String(form.get('bodyText') ?? '').trim();
    const requests = Number(form.get('requests'));
    onAdd({
      // The values are those of the lists below.
      ...(endpoint !== '' && { endpoint: endpoint as FaultEndpoint }),
      ...(contains !== '' && { contains }),
      ...(requests > 0 && { requests }),
      share: Number(form.get('share')) / 100,
      fault,
    });
  };
  const faults = FAULTS.map(([name], index) => [String(index), name] as const);
  return (
    <form className="fault-form" onSubmit={add}>
      <Choice name="fault" label="What goes wrong" options={faults} />
      <Choice name="endpoint" label="Where" options={ENDPOINTS} />
      <Choice name="requests" label="For how long" options={LENGTHS} />
      <Choice name="share" label="How many of them" options={SHARES} />
      <label>
        Only bodies that contain
        <input name="bodyText" placeholder="any text" />
      </label>
      <button type="submit">Add this fault</button>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
}

function Choice({ name, label, options }: ChoiceProps): ReactElement {
  return (
    <label>
      {label}
      <select name={name}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
