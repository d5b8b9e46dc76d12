import { execFile } from 'node:child_process';
import { SentryCli } from '@sentry/cli';
import { type CommandContext, CommandError, exitCodes, requireVariable } from '../cli/command.ts';
import { documentOf, isSuccess } from '../cli/http.ts';
import { askSentry } from '../sentry-api/exchange.ts';

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

/** Runs `sentry-cli` in the repository. @returns what it printed. @throws CommandError with what it said went wrong, without the token. */
export function runSentryCli(
  args: readonly string[],
  { token, org, url }: SentryAccount,
  { env, root, signal }: Pick<CommandContext, 'env' | 'root' | 'signal'>,
): Promise<string> {
  const settings = {
    ...env,
    // By the environment: a command line can be read by everyone on the machine.
    SENTRY_AUTH_TOKEN: token,
    SENTRY_ORG: org,
    SENTRY_URL: url,
    // Read already, and not what this command was told.
    SENTRY_LOAD_DOTENV: '0',
    SENTRY_DISABLE_UPDATE_CHECK: '1',
    RUST_BACKTRACE: '0',
  };
  return new Promise((resolve, reject) => {
    execFile(programPath(), args, { cwd: root, env: settings, signal }, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (signal.aborted) reject(error);
      else if (error.code === 'ENOENT') reject(notInstalled(error));
      else {
        const reason = reasonOf(stderr || error.message).replaceAll(token, '***');
        const message = `sentry-cli ${args.slice(0, 2).join(' ')} failed: ${reason}`;
        reject(new CommandError(message, { exitCode: exitCodes.refused }));
      }
    });
  });
}

function programPath(): string {
  try {
    return SentryCli.getPath();
  } catch (cause) {
    throw notInstalled(cause);
  }
}

function notInstalled(cause: unknown): CommandError {
  return new CommandError(
    'The program of sentry-cli for this machine is not installed: run npm install without leaving out optional dependencies.',
    { cause },
  );
}

/** Its own advice is about its options, which are not seen here. */
const END = /^(Stack backtrace:|Add --log-level|Please attach)/m;

function reasonOf(output: string): string {
  const [told = ''] = output.split(END);
  const lines = told
    .split('\n')
    .map((line) => line.replace(/^\s*(error:|\d+:)?\s*/i, '').trim())
    .filter((line) => line !== '' && line !== 'Caused by:');
  return [...new Set(lines)].join(': ') || 'it did not say why';
}

/** A release that was put somewhere. */
interface Deploy {
  readonly environment: string;
  readonly dateFinished?: string | null;
}

/**
 * The deploys of a release: recording one again would make a second, as the vendor compares them with nothing.
 * https://docs.sentry.io/api/releases/list-a-releases-deploys/
 *
 * @throws CommandError when they cannot be had.
 */
export async function listDeploys(
  version: string,
  account: SentryAccount,
  context: Pick<CommandContext, 'fetch' | 'signal'>,
): Promise<Deploy[]> {
  const { url } = account;
  const path = `releases/${encodeURIComponent(version)}/deploys/` as const;
  const answer = await askSentry({ method: 'GET', path, query: { per_page: '100' } }, { ...account, ...context });
  if (answer.status === 0) throw refused(`${url} could not be reached. Check the network and SENTRY_URL.`);
  if (!isSuccess(answer)) throw refused(`${url} answered ${answer.status} when asked for the deploys of ${version}.`);
  const deploys = documentOf<Deploy[]>(answer.text);
  if (Array.isArray(deploys)) return deploys;
  throw refused(`${url} answered without a list of deploys. Is SENTRY_URL right?`);
}

function refused(message: string): CommandError {
  return new CommandError(`${message} No deploy was recorded; the command can be run again.`, {
    exitCode: exitCodes.refused,
  });
}
