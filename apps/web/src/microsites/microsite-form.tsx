import { type ReactElement, type ReactNode, useCallback, useId, useLayoutEffect, useRef } from 'react';
import { type BlockerFunction, useBeforeUnload, useBlocker } from 'react-router';
import { Field, Form, TextAreaField, WebAddressField } from '../forms/fields.tsx';
import { completeWebAddress } from '../forms/web-address.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { addLink, type Draft, type DraftLink, type DraftOptions, LIMITS, moveLink, useDraft } from './draft.ts';

interface MicrositeFormProps extends DraftOptions {
  /** Whether what was typed may be lost, as all of it is. */
  readonly isLeaving?: boolean;
  /** The buttons below the fields. */
  readonly children: (state: { readonly isBusy: boolean; readonly isChanged: boolean }) => ReactNode;
}

/** The content of a microsite, beside what visitors will see of it. */
export function MicrositeForm({ isLeaving = false, children, ...options }: MicrositeFormProps): ReactElement {
  const state = useDraft(options);
  const { draft, change, isChanged, isBusy, errors, errorOf } = state;
  return (
    <div className="editor">
      <Form
        className="card form"
        state={state}
        buttons={<div className="actions">{children({ isBusy, isChanged })}</div>}
      >
        <Field
          label="Title"
          name="title"
          type="text"
          value={draft.title}
          maxLength={LIMITS.title}
          autoComplete="off"
          required
          complaint="Give the microsite a title."
          onChange={({ target }) => change({ title: target.value })}
        />
        <TextAreaField
          label="Description"
          name="description"
          rows={3}
          value={draft.description}
          maxLength={LIMITS.description}
          hint="A sentence or two below the title."
          onChange={({ target }) => change({ description: target.value })}
        />
        <LinkFields
          links={draft.links}
          error={errors['links']}
          errorOf={errorOf}
          onChange={(links) => change({ links })}
        />
      </Form>
      <MicrositePreview draft={draft} />
      {/* While it is sent, the page may well lead on by itself. */}
      <LeaveGuard isActive={isChanged && !isBusy && !isLeaving} />
    </div>
  );
}

/** What visitors will see. The links are for looking at only: their addresses have not been checked yet. */
function MicrositePreview({ draft: { title, description, links } }: { readonly draft: Draft }): ReactElement {
  return (
    <section className="preview" aria-labelledby="preview-title">
      <h2 id="preview-title">Preview</h2>
      <div className="preview-page">
        <p className="preview-title" dir="auto">
          {title.trim() || <Missing>Title</Missing>}
        </p>
        {description.trim() !== '' && (
          <p className="preview-description" dir="auto">
            {description}
          </p>
        )}
        <ul>
          {links.map(({ key, label, url }) => (
            <li key={key}>
              <span dir="auto">{label.trim() || <Missing>Label</Missing>}</span>
              <small>{hostOf(url) ?? <Missing>Address</Missing>}</small>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

/** Stands where something is still to be typed. */
function Missing({ children }: { readonly children: string }): ReactElement {
  return <i className="preview-missing">{children}</i>;
}

function hostOf(typed: string): string | undefined {
  const url = completeWebAddress(typed);
  return (URL.canParse(url) && new URL(url).host) || undefined;
}

/** Asks before what was typed is lost, be it to another page of the app or to the end of the visit. */
function LeaveGuard({ isActive }: { readonly isActive: boolean }): ReactElement {
  const isLoss = useCallback<BlockerFunction>(
    // A jump within the page, such as to its content, loses nothing.
    ({ currentLocation, nextLocation }) => isActive && currentLocation.pathname !== nextLocation.pathname,
    [isActive],
  );
  const blocker = useBlocker(isLoss);
  useBeforeUnload(
    useCallback(
      (event: BeforeUnloadEvent) => {
        if (isActive) event.preventDefault();
      },
      [isActive],
    ),
  );
  return (
    <ConfirmDialog
      isOpen={blocker.state === 'blocked'}
      title="Leave without saving?"
      action="Leave"
      onConfirm={() => blocker.state === 'blocked' && blocker.proceed()}
      onClose={() => blocker.state === 'blocked' && blocker.reset()}
    >
      <p>What you changed on this page is not saved yet.</p>
    </ConfirmDialog>
  );
}

interface LinkFieldsProps {
  readonly links: readonly DraftLink[];
  /** What is wrong with the links as such, such as that there are none. */
  readonly error: string | undefined;
  readonly errorOf: (link: DraftLink, part: 'label' | 'url') => string | undefined;
  readonly onChange: (links: readonly DraftLink[]) => void;
}

/** The links of a microsite in their order. The focus follows a link that is moved, and goes to the next one when a link is removed. */
function LinkFields({ links, error, errorOf, onChange }: LinkFieldsProps): ReactElement {
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
