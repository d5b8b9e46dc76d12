import type { ReactElement } from 'react';
import { completeWebAddress } from '../forms/web-address.ts';
import type { Draft } from './draft.ts';

/** What visitors will see. The links are for looking at only: their addresses have not been checked yet. */
export function MicrositePreview({ draft: { title, description, links } }: { readonly draft: Draft }): ReactElement {
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
