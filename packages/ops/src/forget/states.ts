import { type ExitCode, exitCodes } from '../cli/exit-code.ts';

/** The states of a deletion. Mixpanel reference, GDPR API version 3. */
const STATES = {
  PENDING: 'accepted, and waits for its turn; it may take 30 days',
  STAGING: 'is being prepared; it can still be cancelled',
  STARTED: 'is being carried out, and cannot be cancelled any more',
  SUCCESS: 'done: nothing of these people is left at Mixpanel',
  FAILURE: 'failed at Mixpanel: run the command again, and tell their support the number if it fails again',
  REVOKED: 'was cancelled before it started: run the command again if that was a mistake',
  NOT_FOUND: 'unknown in this project: check the number, MIXPANEL_TOKEN, and the region in MIXPANEL_APP_HOST',
  UNKNOWN: 'Mixpanel cannot tell: ask again later',
} as const;

export type DeletionState = keyof typeof STATES;

/** A state that a receiver named; one that nobody has described is unknown as well. */
export function readState(value: unknown): DeletionState {
  return typeof value === 'string' && Object.hasOwn(STATES, value) ? (value as DeletionState) : 'UNKNOWN';
}

/** The state for people. */
export function explainState(state: DeletionState): string {
  return STATES[state];
}

/** Whether asking again would tell nothing new. */
export function isFinal(state: DeletionState): boolean {
  return state === 'SUCCESS' || state === 'FAILURE' || state === 'REVOKED';
}

/** Whether the deletion goes on or is done. */
export function exitCodeOf(states: readonly DeletionState[]): ExitCode {
  const bad: readonly DeletionState[] = ['FAILURE', 'REVOKED', 'NOT_FOUND'];
  return states.some((state) => bad.includes(state)) ? exitCodes.no : exitCodes.ok;
}
