import type { ReactElement } from 'react';
import { Field } from '../forms/field.tsx';
import { WebAddressField } from '../forms/web-address-field.tsx';
import { type DraftLink, LIMITS } from './draft.ts';

interface LinkRowProps {
  readonly link: DraftLink;
  readonly index: number;
  readonly isLast: boolean;
  readonly errorOf: (part: 'label' | 'url') => string | undefined;
  readonly onChange: (link: DraftLink) => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
}

/** One link: what it says, where it leads, and its place among the others. */
export function LinkRow({ link, index, isLast, errorOf, onChange, onMove, onRemove }: LinkRowProps): ReactElement {
  const name = `links.${index}`;
  const called = `link ${index + 1}`;
  return (
    <fieldset className="link-row">
      <legend>Link {index + 1}</legend>
      <Field
        label="Label"
        name={`${name}.label`}
        type="text"
        value={link.label}
        maxLength={LIMITS.label}
        autoComplete="off"
        required
        complaint="Say what the link leads to."
        error={errorOf('label')}
        onChange={({ target }) => onChange({ ...link, label: target.value })}
      />
      <WebAddressField
        label="Address"
        name={`${name}.url`}
        value={link.url}
        maxLength={LIMITS.url}
        autoComplete="off"
        required
        error={errorOf('url')}
        onChangeAddress={(url) => onChange({ ...link, url })}
      />
      <div className="link-actions">
        <button
          type="button"
          className="quiet"
          name={`${name}.up`}
          aria-label={`Move ${called} up`}
          disabled={index === 0}
          onClick={() => onMove(index - 1)}
        >
          ↑
        </button>
        <button
          type="button"
          className="quiet"
          name={`${name}.down`}
          aria-label={`Move ${called} down`}
          disabled={isLast}
          onClick={() => onMove(index + 1)}
        >
          ↓
        </button>
        <button
          type="button"
          className="quiet danger"
          name={`${name}.remove`}
          aria-label={`Remove ${called}`}
          onClick={onRemove}
        >
          Remove
        </button>
      </div>
    </fieldset>
  );
}
