import type { ReactElement } from 'react';
import type { ActiveFault } from '../../../src/faults/faults.ts';
import { countOf } from '../shared/format.ts';
import { faultName, faultTarget } from './fault-choices.ts';

interface FaultListProps {
  readonly faults: readonly ActiveFault[];
  readonly onRemove: (fault: ActiveFault) => void;
  readonly onRemoveAll: () => void;
}

/** The faults to come and those that are used up, with what each has done; the latest first. */
export function FaultList({ faults, onRemove, onRemoveAll }: FaultListProps): ReactElement | null {
  if (faults.length === 0) return null;
  return (
    <>
      <ul className="fault-list" aria-label="Faults">
        {faults.toReversed().map((fault) => {
          const isUsed = fault.remaining === 0;
          return (
            <li key={fault.id} className={isUsed ? 'used' : ''}>
              <strong>{faultName(fault.fault)}</strong>
              <span>
                {faultTarget(fault)}. Struck {countOf(fault.struck, 'request')}
                {isUsed && ', used up'}.
              </span>
              <button type="button" onClick={() => onRemove(fault)}>
                Remove
              </button>
            </li>
          );
        })}
      </ul>
      <button type="button" onClick={onRemoveAll}>
        Remove all
      </button>
    </>
  );
}
