import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { SentryCli } from '@sentry/cli';
import { type CommandContext, CommandError, exitCodes, requireVariable } from '../cli/command.ts';
import { documentOf, isSuccess } from '../cli/http.ts';
import { runGit } from '../cli/run-git.ts';
import { askSentry } from '../sentry-api/sentry-api.ts';

/** What makes a release known to Sentry. */
interface ReleaseInput {
  readonly version: string;
  readonly projects: readonly string[];
  /** Where it runs; nothing when no deploy is to be recorded. */
  readonly environment: string | undefined;
  /** Folders whose scripts get debug ids and whose maps are uploaded. */
  readonly sourceMaps: readonly string[];
  /** The commit of the checkout. */
  readonly head: string | undefined;
}

/** One thing to do. */
export interface ReleaseStep {
  readonly name: 'release' | 'commits' | 'source maps' | 'finish' | 'deploy';
  /** Argument lists of `sentry-cli`, one after the other. */
  readonly commands: readonly (readonly string[])[];
  /** Why there is nothing to do. */
  readonly skipped?: string;
}

const COMMIT = /^[0-9a-f]{40}$/;

/** What is done, in this order. All but the deploy can be done again; the release then counts as finished at the last time. */
export function releaseSteps(input: ReleaseInput): ReleaseStep[] {
  const { version, projects, environment } = input;
  const projectFlags = projects.flatMap((project) => ['-p', project]);
  return [
    { name: 'release', commands: [['releases', 'new', version, ...projectFlags]] },
    commitStep(input),
    sourceMapStep(input, projectFlags),
    { name: 'finish', commands: [['releases', 'finalize', version]] },
    environment === undefined
      ? { name: 'deploy', commands: [], skipped: 'no --environment and no SENTRY_ENVIRONMENT' }
      : { name: 'deploy', commands: [['deploys', 'new', '--release', version, '-e', environment]] },
  ];
}

// sentry-cli takes the commits up to that of the checkout: of another release they would be the wrong ones.
function commitStep({ version, head }: ReleaseInput): ReleaseStep {
  if (head === undefined) return { name: 'commits', commands: [], skipped: 'this is no git checkout' };
  if (COMMIT.test(version) && version !== head)
    return { name: 'commits', commands: [], skipped: `${head.slice(0, 7)} is checked out, which is not the release` };
  return { name: 'commits', commands: [['releases', 'set-commits', version, '--auto', '--ignore-missing']] };
}

function sourceMapStep({ version, sourceMaps }: ReleaseInput, projectFlags: readonly string[]): ReleaseStep {
  if (sourceMaps.length === 0) return { name: 'source maps', commands: [], skipped: 'no --source-maps' };
  return {
    name: 'source maps',
    commands: [
      ['sourcemaps', 'inject', ...sourceMaps],
      ['sourcemaps', 'upload', '--release', version, ...projectFlags, ...sourceMaps],
    ],
  };
}

/** Makes a release known to Sentry, step by step. @returns what was done and what was not. @throws CommandError at the step that failed. */
export async function createRelease(
  input: ReleaseInput,
  account: SentryAccount,
  context: CommandContext,
): Promise<ReleaseStep[]> {
  const done: ReleaseStep[] = [];
  for (const planned of releaseSteps(input)) {
    const step = planned.name === 'deploy' ? await unlessThere(planned, input, account, context) : planned;
    if (step.skipped === undefined) {
      context.note(`${step.name} ...`);
      for (const command of step.commands) await runSentryCli(command, account, context);
    }
    done.push(step);
  }
  return done;
}

async function unlessThere(
  step: ReleaseStep,
  { version, environment }: ReleaseInput,
  account: SentryAccount,
  context: CommandContext,
): Promise<ReleaseStep> {
  if (step.skipped !== undefined) return step;
  const there = (await listDeploys(version, account, context)).find((deploy) => deploy.environment === environment);
  if (!there) return step;
  return {
    name: 'deploy',
    commands: [],
    skipped: `${environment} has it already${there.dateFinished ? `, since ${there.dateFinished}` : ''}`,
  };
}

/** The name of a release, and who gave it. */
export interface ReleaseVersion {
  readonly version: string;
  readonly origin: '--version' | 'SENTRY_RELEASE' | 'git';
}

const MAX_LENGTH = 200;

/**
 * The release that services report: `SENTRY_RELEASE`, else the commit of the checkout.
 *
 * @throws CommandError when nothing names it, or the vendor would not take the name.
 */
export async function releaseVersion(
  given: string | undefined,
  { env, root }: CommandContext,
): Promise<ReleaseVersion> {
  if (given !== undefined) return { version: checked(given, '--version'), origin: '--version' };
  const named = env['SENTRY_RELEASE'];
  if (named) return { version: checked(named, 'SENTRY_RELEASE'), origin: 'SENTRY_RELEASE' };
  const head = await headOf(root);
  if (head !== undefined) return { version: head, origin: 'git' };
  throw new CommandError(
    `Nothing names the release: there is no SENTRY_RELEASE and no git checkout in ${root}. Say --version.`,
  );
}

/** The commit of the checkout. */
export async function headOf(root: string): Promise<string | undefined> {
  return (await runGit(root, ['rev-parse', '--verify', '--quiet', 'HEAD']))?.trim();
}

/** https://docs.sentry.io/product/releases/naming-releases/ */
function checked(version: string, name: string): string {
  const isUsable =
    version.length <= MAX_LENGTH &&
    /^[^\s/\\]+$/.test(version) &&
    !/^(\.{1,2}|latest)$/i.test(version) &&
    !version.startsWith('-');
  if (isUsable) return version;
  throw new CommandError(
    `${name} must be 1 to ${MAX_LENGTH} characters without spaces and slashes, not ".", ".." or "latest", got "${version}".`,
  );
}

/**
 * Checks that folders hold source maps that can be uploaded from here.
 *
 * @returns the folders, from the root where they are inside it.
 * @throws CommandError for a folder without source maps, and for the built page: its build uploads its own.
 */
export async function checkSourceMaps(root: string, folders: readonly string[]): Promise<string[]> {
  return Promise.all(
    folders.map(async (folder) => {
      const path = resolve(root, folder);
      const files = await readdir(path, { recursive: true }).catch((cause: unknown) => {
        throw new CommandError(`--source-maps: ${path} cannot be read. Build first, or name another folder.`, {
          cause,
        });
      });
      // Debug ids are written into the scripts; the compressed copies would go on being served without.
      if (files.some((file) => /\.js\.(br|gz)$/.test(file)))
        throw new CommandError(
          `--source-maps: ${path} is a built page with compressed copies. Its build uploads its source maps itself: run it with SENTRY_AUTH_TOKEN, SENTRY_ORG and SENTRY_PROJECT set.`,
        );
      if (!files.some((file) => file.endsWith('.js.map')))
        throw new CommandError(
          `--source-maps: there are no source maps (.js.map) in ${path}. Build first, or name another folder.`,
        );
      const inside = relative(root, path);
      return inside.startsWith('..') ? path : inside || '.';
    }),
  );
}

/** As whom Sentry is asked, and where it is. */
interface SentryAccount {
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
function runSentryCli(
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
async function listDeploys(
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
