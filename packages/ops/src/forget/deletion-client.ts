import { setTimeout as wait } from 'node:timers/promises';
import { deletionPath, readDeletion } from '@qr/telemetry/operations';
import { type CommandContext, CommandError, type ExitCode, exitCodes } from '../cli/command.ts';
import { exchange, isSuccess } from '../cli/http.ts';

/** Of one request. Mixpanel reference, GDPR API: fewer than 2000. */
const MAX_PEOPLE = 1999;
/** One request a second is allowed; a little more, as both clocks count. */
const INTERVAL_MS = 1050;
/** A request that came too early for the vendor is made again. */
const MAX_ATTEMPTS = 4;

export type ComplianceType = 'GDPR' | 'CCPA';

/** A deletion that the vendor has accepted. */
export interface Deletion {
  readonly trackingId: string;
  readonly people: number;
  readonly state: DeletionState;
}

/** How to reach the vendor's application API. */
export interface DeletionAccess {
  readonly appHost: string;
  /** Of the project whose data is to be deleted. */
  readonly token: string;
  /** Of a user; the API accepts nothing else. */
  readonly oauthToken: string;
}

/** Mixpanel's deletion API, at the pace that it allows. */
interface DeletionClient {
  /** Asks for a deletion; `onAccepted` is called for each part of a large number of people. @throws CommandError when the vendor refuses. */
  request(
    people: readonly string[],
    type: ComplianceType,
    onAccepted: (deletion: Deletion) => Promise<void>,
  ): Promise<void>;
  /** @throws CommandError when the vendor refuses. */
  stateOf(trackingId: string): Promise<DeletionState>;
}

/** @see https://docs.mixpanel.com/reference/gdpr-api */
export function createDeletionClient(context: CommandContext, access: DeletionAccess): DeletionClient {
  const { appHost, token, oauthToken } = access;
  const origin = appHost.replace(/\/+$/, '');
  let isFirst = true;

  async function ask(trackingId: string, body?: string): Promise<ReturnType<typeof readDeletion>> {
    const init = {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${oauthToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    };
    for (let attempt = 1; ; attempt++) {
      if (!isFirst) await wait(INTERVAL_MS * attempt, undefined, { signal: context.signal });
      isFirst = false;
      const answer = await exchange(`${origin}${deletionPath(token, trackingId)}`, init, context);
      const { status, text } = answer;
      if (isSuccess(answer)) return readDeletion(text);
      if (status === 0)
        throw refused(`nobody answers at ${appHost} (${text}): check the network and MIXPANEL_APP_HOST`);
      if (status !== 429 || attempt === MAX_ATTEMPTS)
        throw refused(explain(status, text.replaceAll(oauthToken, '***').replaceAll(token, '***')), status);
      context.note('Mixpanel takes one request a second and says that was too early (429); waiting.');
    }
  }

  return {
    async request(people, type, onAccepted) {
      for (let from = 0; from < people.length; from += MAX_PEOPLE) {
        const part = people.slice(from, from + MAX_PEOPLE);
        const body = JSON.stringify({ distinct_ids: part, compliance_type: type });
        const { trackingId, status = 'PENDING' } = await ask('', body);
        if (trackingId === undefined) throw refused('it accepted the request and named no tracking id');
        await onAccepted({ trackingId, people: part.length, state: readState(status) });
      }
    },
    async stateOf(trackingId) {
      try {
        return readState((await ask(trackingId)).status);
      } catch (error) {
        if (error instanceof CommandError && error.cause === 404) return 'NOT_FOUND';
        throw error;
      }
    },
  };
}

function refused(message: string, cause?: unknown): CommandError {
  return new CommandError(`Mixpanel: ${message}.`, { cause, exitCode: exitCodes.refused });
}

function explain(status: number, body: string): string {
  if (status === 401)
    return 'it refuses MIXPANEL_OAUTH_TOKEN (401): an owner or admin makes one under Profile & Preferences, Data & Privacy; it holds for a year';
  if (status === 403)
    return 'the owner of MIXPANEL_OAUTH_TOKEN may not delete in this project (403): check MIXPANEL_TOKEN, and the region in MIXPANEL_APP_HOST';
  if (status === 429) return 'it takes one request a second and still says that was too early (429): wait a minute';
  if (status === 404)
    return 'there is no deletion API at MIXPANEL_APP_HOST (404): it must be an origin such as https://mixpanel.com';
  return `it answered ${status}: ${body.slice(0, 200)}`;
}

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
