import { useConsent } from '@qr/browser';
import { type ReactElement, useId } from 'react';
import { AccountSection } from './account-section.tsx';

/** What somebody lets us count and record. It belongs to this browser, not to the account. */
export function PrivacySection(): ReactElement {
  const { analytics, replay, setConsent } = useConsent();
  const isDecided = browserRefuses();
  return (
    <AccountSection title="Privacy">
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
    </AccountSection>
  );
}

interface SwitchProps {
  readonly label: string;
  /** What it means when it is on. */
  readonly hint: string;
  readonly isOn: boolean;
  readonly isDisabled: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** Something that is on or off, and is so at once. */
function Switch({ label, hint, isOn, isDisabled, onChange }: SwitchProps): ReactElement {
  const id = useId();
  return (
    <div className="switch">
      <input
        type="checkbox"
        id={id}
        aria-describedby={`${id}-hint`}
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label htmlFor={id}>{label}</label>
      <p className="hint" id={`${id}-hint`}>
        {hint}
      </p>
    </div>
  );
}

/**
 * Whether the browser has answered for the person, by Do-Not-Track or Global Privacy Control (https://w3c.github.io/gpc/).
 * The consent of `@qr/browser` obeys the same two signals.
 */
function browserRefuses(browser: Navigator = navigator): boolean {
  const { doNotTrack, globalPrivacyControl } = browser as Navigator & { readonly globalPrivacyControl?: boolean };
  return doNotTrack === '1' || globalPrivacyControl === true;
}
