import { useConsent } from '@qr/browser';
import type { ReactElement } from 'react';

/** Asks once where consent is required; refusing is as easy as agreeing. */
export function ConsentBanner(): ReactElement | null {
  const { analytics, setConsent } = useConsent();
  if (analytics !== 'undecided') return null;
  return (
    <section className="consent" aria-label="Privacy choice">
      <p>May we count page views to make this app better? No names or addresses are recorded.</p>
      <div className="actions">
        <button type="button" onClick={() => setConsent({ analytics: false })}>
          No, thanks
        </button>
        <button type="button" onClick={() => setConsent({ analytics: true })}>
          Yes, count
        </button>
      </div>
    </section>
  );
}
