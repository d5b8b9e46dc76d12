import { type ReactElement, type ReactNode, useCallback } from 'react';
import { type BlockerFunction, useBeforeUnload, useBlocker } from 'react-router';
import { Field, TextAreaField } from '../forms/fields.tsx';
import { Form } from '../forms/form.tsx';
import { completeWebAddress } from '../forms/web-address.ts';
import { ConfirmDialog } from '../layout/confirm-dialog.tsx';
import { type Draft, type DraftOptions, LIMITS, useDraft } from './draft.ts';
import { LinkFields } from './link-fields.tsx';

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
