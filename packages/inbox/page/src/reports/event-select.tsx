import type { ReactElement } from 'react';
import type { KnownEvents } from './known-events.ts';

interface EventSelectProps {
  readonly label: string;
  /** For several fields of one label, which is not shown then. */
  readonly isLabelHidden?: boolean;
  readonly value: string;
  readonly events: KnownEvents;
  /** What no event stands for, such as `Any event`. */
  readonly none?: string;
  readonly onChange: (name: string) => void;
}

/** An event by its name. */
export function EventSelect(props: EventSelectProps): ReactElement {
  const { label, isLabelHidden = false, value, events, none, onChange } = props;
  const isKnown = value === '' || [...events.seen, ...events.unseen].some(({ name }) => name === value);
  return (
    <label className="choice">
      <span className={isLabelHidden ? 'visually-hidden' : ''}>{label}</span>
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {/* From an address that somebody else has shared. */}
        {!isKnown && <option>{value}</option>}
        {events.seen.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
        {events.unseen.length > 0 && (
          <optgroup label="Never seen">
            {events.unseen.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </optgroup>
        )}
      </select>
    </label>
  );
}
