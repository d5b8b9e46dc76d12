import { type ReactElement, useId, useLayoutEffect, useRef } from 'react';
import { Field, WebAddressField } from '../forms/fields.tsx';
import { addLink, type DraftLink, LIMITS, moveLink } from './draft.ts';

interface LinkFieldsProps {
  readonly links: readonly DraftLink[];
  /** What is wrong with the links as such, such as that there are none. */
  readonly error: string | undefined;
  readonly errorOf: (link: DraftLink, part: 'label' | 'url') => string | undefined;
  readonly onChange: (links: readonly DraftLink[]) => void;
}

/** The links of a microsite in their order. Whoever works by keyboard stays with the link they move, and beside the one they remove. */
export function LinkFields({ links, error, errorOf, onChange }: LinkFieldsProps): ReactElement {
  const list = useRef<HTMLFieldSetElement>(null);
  const nextFocus = useRef<string>(undefined);
  const id = useId();
  useLayoutEffect(() => {
    if (nextFocus.current === undefined) return;
    const control = list.current?.elements.namedItem(nextFocus.current);
    nextFocus.current = undefined;
    if (control instanceof HTMLElement) control.focus();
  });

  const changeTo = (changed: readonly DraftLink[], focus: string) => {
    nextFocus.current = focus;
    onChange(changed);
  };
  const move = (from: number, to: number) => {
    const goesOn = to < from ? to > 0 : to < links.length - 1;
    // At the end of its way only the way back is left.
    const direction = to < from === goesOn ? 'up' : 'down';
    changeTo(moveLink(links, from, to), `links.${to}.${direction}`);
  };
  const remove = (index: number) => {
    const neighbour = Math.min(index, links.length - 2);
    changeTo(links.toSpliced(index, 1), neighbour < 0 ? 'links' : `links.${neighbour}.remove`);
  };

  return (
    <fieldset className="links" ref={list}>
      <legend>Links</legend>
      {links.length > 0 && (
        <ol>
          {links.map((link, index) => (
            <li key={link.key}>
              <LinkRow
                link={link}
                index={index}
                isLast={index === links.length - 1}
                errorOf={(part) => errorOf(link, part)}
                onChange={(changed) => onChange(links.with(index, changed))}
                onMove={(to) => move(index, to)}
                onRemove={() => remove(index)}
              />
            </li>
          ))}
        </ol>
      )}
      <div className="field">
        <button
          type="button"
          className="quiet"
          name="links"
          disabled={links.length >= LIMITS.links}
          aria-describedby={error && `${id}-error`}
          onClick={() => changeTo(addLink(links), `links.${links.length}.label`)}
        >
          Add a link
        </button>
        {error && (
          <p className="field-error" id={`${id}-error`}>
            {error}
          </p>
        )}
      </div>
    </fieldset>
  );
}

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
function LinkRow({ link, index, isLast, errorOf, onChange, onMove, onRemove }: LinkRowProps): ReactElement {
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
