import { resolve } from 'node:path';
import {
  type AlertChange,
  type AlertRule,
  type AlertState,
  changesOf,
  createQueryClient,
  evaluate,
  messagesOf,
  type QueryClient,
  sourcesFrom,
  tellWebhook,
} from '@qr/alerts';
import { CommandError } from '../cli/command-error.ts';
import type { CommandContext } from '../cli/context.ts';
import { exitCodes } from '../cli/exit-code.ts';
import { readStates, writeStates } from './state-file.ts';

export interface CheckOptions {
  /** Relative to the root of the repository. */
  readonly state: string;
  /** Whether a rule that fires makes the command fail. */
  readonly fail: boolean;
}

/** What a check found. */
export interface AlertCheck {
  readonly states: readonly AlertState[];
  readonly changes: readonly AlertChange[];
  /** What was told of the changes. */
  readonly messages: readonly string[];
  /** Names of rules whose question was not answered. */
  readonly failures: readonly string[];
}

/**
 * Evaluates the rules, tells what changed since the last check, and then remembers it: what could not be told is a change the next time too.
 *
 * @throws CommandError when nobody is named who could be asked, or when the webhook does not take the messages.
 */
export async function checkAlerts(
  rules: readonly AlertRule[],
  context: CommandContext,
  { state }: CheckOptions,
): Promise<AlertCheck> {
  const { env, fetch, now, root, signal } = context;
  const client = openClient(context);
  const file = resolve(root, state);
  const before = await readStates(file);
  const failures: string[] = [];
  const states = await evaluate(rules, client, now(), ({ name }) => failures.push(name));
  // What somebody cut short is no finding.
  signal.throwIfAborted();
  const changes = changesOf(before, states);
  const messages = messagesOf(changes, rules);
  const url = env['ALERT_WEBHOOK_URL'];
  if (url !== undefined && messages.length > 0) {
    try {
      await tellWebhook(messages, { url, fetch, signal });
    } catch (error) {
      for (const message of messages) context.note(message);
      throw new CommandError(error instanceof Error ? error.message : String(error), {
        cause: error,
        exitCode: exitCodes.refused,
      });
    }
  }
  await writeStates(file, states);
  return { states, changes, messages, failures };
}

function openClient({ env, fetch, signal }: CommandContext): QueryClient {
  try {
    const sources = sourcesFrom(env);
    if (sources !== undefined) return createQueryClient({ ...sources, fetch, signal });
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  throw new CommandError(
    'There is nobody to ask: set MIXPANEL_SERVICE_ACCOUNT and MIXPANEL_PROJECT_ID for events, SENTRY_AUTH_TOKEN and ' +
      'SENTRY_ORG for errors, or INBOX_URL for what the inbox holds; in .env or in the environment.',
  );
}
