import { type InputHTMLAttributes, type KeyboardEvent, type ReactElement, useEffect, useState } from 'react';

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
