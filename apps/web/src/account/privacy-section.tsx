import { useConsent } from '@qr/browser';
import { type ReactElement, useId } from 'react';
import { browserRefuses } from './browser-refuses.ts';
import { Switch } from './switch.tsx';

/** What somebody lets us count and record. It belongs to this browser, not to the account. */
export function PrivacySection(): ReactElement {
  const titleId = useId();
  const { analytics, replay, setConsent } = useConsent();
  const isDecided = browserRefuses();
  return (
    <section className="card account-section" aria-labelledby={titleId}>
      <h2 id={titleId}>Privacy</h2>
      <p className="muted">These choices hold for this browser.</p>
      {isDecided && (
        <p className="privacy-note">
          Your browser asks not to be tracked (Do Not Track or Global Privacy Control). That decides: both are off.
        </p>
      )}
      <Switch
        label="Count page views"
        hint="We count which pages are opened and what is done there, to make this app better. No names or addresses are recorded."
        isOn={analytics === 'granted'}
        isDisabled={isDecided}
        onChange={(isOn) => setConsent({ analytics: isOn })}
      />
      <Switch
        label="Record the screen"
        hint="Some visits are recorded, to see what went wrong. Every text, input and picture is hidden before it leaves this browser."
        isOn={replay === 'granted'}
        isDisabled={isDecided}
        onChange={(isOn) => setConsent({ replay: isOn })}
      />
    </section>
  );
}
