import { createContext, type ReactElement, type ReactNode, useContext, useSyncExternalStore } from 'react';
import { type ConsentChoice, type ConsentState, consentState, onConsentChange, setConsent } from '../eager/consent.ts';

/** The answers in force, and how to change them. */
export interface ConsentControl extends ConsentState {
  setConsent(choice: Partial<ConsentChoice>): void;
}

const ConsentContext = createContext<ConsentControl | undefined>(undefined);

/** Makes {@link useConsent} work below it, for a banner or a settings page. */
export function ConsentProvider({ children }: { readonly children?: ReactNode }): ReactElement {
  const state = useSyncExternalStore(onConsentChange, consentState);
  return <ConsentContext value={{ ...state, setConsent }}>{children}</ConsentContext>;
}

/**
 * The answers in force, following every change.
 *
 * @throws outside a {@link ConsentProvider}.
 */
export function useConsent(): ConsentControl {
  const control = useContext(ConsentContext);
  if (!control) throw new Error('useConsent needs a <ConsentProvider> above it; wrap the app in one.');
  return control;
}
