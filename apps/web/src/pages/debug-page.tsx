import { type ReactElement, useState } from 'react';

/** Breaks on request, to see what happens then. */
export function DebugPage(): ReactElement {
  const [isBroken, setBroken] = useState(false);
  if (isBroken) throw new Error('Deliberate error in a page');
  return (
    <div className="narrow">
      <h1>Debug</h1>
      <button type="button" onClick={() => setBroken(true)}>
        Crash this page
      </button>
    </div>
  );
}
