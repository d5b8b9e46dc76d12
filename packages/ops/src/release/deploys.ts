import { CommandError } from '../cli/command-error.ts';
import type { CommandContext } from '../cli/context.ts';
import { exitCodes } from '../cli/exit-code.ts';
import type { SentryAccount } from './sentry-account.ts';

/** A release that was put somewhere. */
export interface Deploy {
  readonly environment: string;
  readonly dateFinished?: string | null;
}

const TIMEOUT_MS = 30_000;

/**
 * The deploys of a release: recording one again would make a second, as the vendor compares them with nothing.
 * https://docs.sentry.io/api/releases/list-a-releases-deploys/
 *
 * @throws CommandError when they cannot be had.
 */
export async function listDeploys(
  version: string,
  { url, org, token }: SentryAccount,
  { fetch, signal }: Pick<CommandContext, 'fetch' | 'signal'>,
): Promise<Deploy[]> {
  const path = `/api/0/organizations/${encodeURIComponent(org)}/releases/${encodeURIComponent(version)}/deploys/?per_page=100`;
  const response = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  }).catch((cause: unknown) => {
    throw signal.aborted ? cause : refused(`${url} could not be reached. Check the network and SENTRY_URL.`, cause);
  });
  if (!response.ok) throw refused(`${url} answered ${response.status} when asked for the deploys of ${version}.`);
  const deploys: unknown = await response.json().catch(() => undefined);
  if (Array.isArray(deploys)) return deploys as Deploy[];
  throw refused(`${url} answered without a list of deploys. Is SENTRY_URL right?`);
}

function refused(message: string, cause?: unknown): CommandError {
  return new CommandError(`${message} No deploy was recorded; the command can be run again.`, {
    exitCode: exitCodes.refused,
    cause,
  });
}
