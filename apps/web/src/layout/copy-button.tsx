import { type ReactElement, useEffect, useRef, useState } from 'react';

/** How long a button says that it has copied. */
const SHOWN_MS = 2000;

/** Copies a text. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }): ReactElement {
  const [outcome, setOutcome] = useState<'copied' | 'failed'>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    setOutcome((await copied(text)) ? 'copied' : 'failed');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOutcome(undefined), SHOWN_MS);
  };
  return (
    <button type="button" className="quiet" onClick={() => void copy()}>
      <span aria-live="polite">
        {outcome === undefined ? label : outcome === 'copied' ? 'Copied' : 'Not copied: select it instead'}
      </span>
    </button>
  );
}

/** Browsers give pages the clipboard over HTTPS only, and people may refuse it. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
