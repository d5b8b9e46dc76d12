import { type InputHTMLAttributes, type KeyboardEvent, type ReactElement, useEffect, useState } from 'react';
import { go, hrefWith, type Options, usePlace } from '../shared/location.tsx';
import { OptionsOf } from '../shared/parts.tsx';
import type { KnownEvents } from './report-page.tsx';

interface ChoiceProps {
  readonly label: string;
  /** The parameter of the address that keeps it. */
  readonly name: string;
  readonly value: string;
  readonly options: Options;
}

/** One of a few, kept in the address. */
export function Choice({ label, name, value, options }: ChoiceProps): ReactElement {
  const place = usePlace();
  return (
    <label className="choice">
      <span>{label}</span>
      <select value={value} onChange={({ target }) => go(hrefWith(place, { [name]: target.value }))}>
        <OptionsOf options={Object.entries(options)} />
      </select>
    </label>
  );
}

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

interface CommitFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'value'> {
  readonly label: string;
  readonly value: string;
  /** Choosing one of these is as good as Enter. */
  readonly suggestions?: readonly string[];
  readonly onCommit: (value: string) => void;
}

/** A field that counts when one is done with it: no report for every letter. */
export function CommitField({ label, value, suggestions, onCommit, ...rest }: CommitFieldProps): ReactElement {
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  const commit = (text: string): void => {
    if (text.trim() !== value) onCommit(text.trim());
  };
  const edit = (text: string): void => {
    setDraft(text);
    if (suggestions?.includes(text) === true) commit(text);
  };
  const list = suggestions && `${label.toLowerCase().replace(/\W+/g, '-')}-suggestions`;
  return (
    <label className="choice">
      <span>{label}</span>
      <input
        autoComplete="off"
        spellCheck={false}
        {...rest}
        list={list}
        value={draft}
        onChange={({ target }) => edit(target.value)}
        onBlur={() => commit(draft)}
        onKeyDown={({ key }: KeyboardEvent) => {
          if (key === 'Enter') commit(draft);
        }}
      />
      {suggestions && (
        <datalist id={list}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </label>
  );
}
