import { requireVariable } from '../cli/command.ts';
import type { CommandContext } from '../cli/context.ts';

/** As whom Sentry is asked, and where it is. */
export interface SentryAccount {
  readonly url: string;
  readonly org: string;
  readonly token: string;
}

const DEFAULT_URL = 'https://sentry.io';

/** @throws CommandError that says what is not set. */
export function requireAccount(context: CommandContext): SentryAccount {
  return {
    token: requireVariable(
      context,
      'SENTRY_AUTH_TOKEN',
      'an organization token (sntrys_...), or one with the scope project:releases; the local inbox keeps no releases',
    ),
    org: requireVariable(context, 'SENTRY_ORG', 'the slug of the organization'),
    url: (context.env['SENTRY_URL'] || DEFAULT_URL).replace(/\/+$/, ''),
  };
}
