import type { ReactElement } from 'react';
import type { NewCode } from '../api/codes.ts';
import { useCodePreview } from './use-codes.ts';

/** The picture of what is being typed, drawn by the service as it will be drawn in the end. */
export function CodePreview({ code }: { readonly code: NewCode | undefined }): ReactElement {
  const { data, isPlaceholderData } = useCodePreview(code);
  const leadsSomewhere = code?.type === 'url' || code?.type === 'microsite';
  return (
    <aside className="card preview" aria-label="Preview">
      <h2>Preview</h2>
      {data && code ? (
        <img
          className={isPlaceholderData ? 'stale' : undefined}
          src={`data:image/svg+xml,${encodeURIComponent(data)}`}
          alt="How the code will look"
          width="240"
          height="240"
        />
      ) : (
        <p className="preview-empty">Your code appears here while you type.</p>
      )}
      {data && code && (
        <p className="hint">
          {leadsSomewhere
            ? 'The final pattern differs: each code gets its own address.'
            : 'Try it: point your phone’s camera at it.'}
        </p>
      )}
    </aside>
  );
}
