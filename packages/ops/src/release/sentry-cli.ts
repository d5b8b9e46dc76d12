import { execFile } from 'node:child_process';
import { SentryCli } from '@sentry/cli';
import { CommandError } from '../cli/command-error.ts';
import type { CommandContext } from '../cli/context.ts';
import { exitCodes } from '../cli/exit-code.ts';
import type { SentryAccount } from './sentry-account.ts';

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
