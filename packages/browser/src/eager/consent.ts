import { consentListeners, page, warnOnce } from './page-state.ts';

/** What a person agrees to. */
export interface ConsentChoice {
  /** Counting page views and actions. */
  readonly analytics: boolean;
  /** Recording the screen; a recording never starts without it. */
  readonly replay: boolean;
}

/** `undecided` holds calls in memory: nothing is stored and nothing leaves until the person has chosen. */
export type ConsentAnswer = 'granted' | 'denied' | 'undecided';

/** The answers in force: the browser's privacy signals first, then the person's choice, then the mode's default. */
export interface ConsentState {
  readonly analytics: ConsentAnswer;
  readonly replay: ConsentAnswer;
}

const STORAGE_KEY = 'qr_consent';

/** The answers in force now. */
export function consentState(): ConsentState {
  page.consent ??= resolve(readChoice());
  return page.consent;
}

/** Whether analytics may run: only then is anything but the choice itself stored on the device, or an error named after a user. */
export function isGranted(): boolean {
  return consentState().analytics === 'granted';
}

/**
 * Records a person's choice and remembers it for later visits; a part that is left out keeps its answer.
 * Do-Not-Track and Global Privacy Control win over it.
 */
export function setConsent(choice: Partial<ConsentChoice>): void {
  const merged = { ...readChoice(), ...choice };
  writeChoice(merged);
  page.consent = resolve(merged);
  for (const listener of consentListeners) listener();
}

/** Calls back after every change; returns how to stop. */
export function onConsentChange(listener: () => void): () => void {
  consentListeners.add(listener);
  return () => consentListeners.delete(listener);
}

function resolve(choice: Partial<ConsentChoice> | null): ConsentState {
  if (asksForPrivacy()) return { analytics: 'denied', replay: 'denied' };
  const unasked = isRequired() ? 'undecided' : 'granted';
  return { analytics: answer(choice?.analytics, unasked), replay: answer(choice?.replay, 'undecided') };
}

/** Whether the browser asks not to be tracked: Do-Not-Track, or Global Privacy Control (https://w3c.github.io/gpc/). */
function asksForPrivacy(): boolean {
  const browser = navigator as Navigator & { readonly globalPrivacyControl?: boolean };
  return browser.doNotTrack === '1' || browser.globalPrivacyControl === true;
}

/** Only the two words of a choice count: what is stored may have been tampered with. */
function answer(choice: unknown, unasked: ConsentAnswer): ConsentAnswer {
  if (choice === true) return 'granted';
  return choice === false ? 'denied' : unasked;
}

/** A misspelt mode counts as `required`: the mistake must not cost anyone their privacy. */
function isRequired(): boolean {
  const mode: unknown = import.meta.env?.VITE_CONSENT_MODE;
  if (!mode || mode === 'opt-out') return false;
  if (import.meta.env?.DEV && mode !== 'required')
    warnOnce(
      `VITE_CONSENT_MODE should be "opt-out" or "required", got "${mode}"; consent is required until it is fixed`,
    );
  return true;
}

function readChoice(): Partial<ConsentChoice> {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '') as Partial<ConsentChoice>;
  } catch {
    // Storage is blocked, empty or holds something else: nobody has chosen.
    return {};
  }
}

function writeChoice(choice: Partial<ConsentChoice>): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(choice));
  } catch {
    warnOnce('the consent choice could not be stored and holds for this page only');
  }
}
