import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandContext, CommandError } from '../cli/command.ts';
import type { Environment } from '../cli/environment.ts';
import { type Check, type CheckContext, type Finding, failed, skipped } from './check.ts';
import { page, production, spelling, variables } from './checks/environment.ts';
import { clock, inboxCheck, mixpanelHost, sentryHost } from './checks/hosts.ts';
import { mixpanelEvent, residency } from './checks/mixpanel.ts';
import { redis } from './checks/redis.ts';
import { alertToken, sdkCopies, sentryError } from './checks/sentry.ts';
import { analytics, services } from './checks/services.ts';
import { deadLetters, spoolFolder } from './checks/spool.ts';
import { createHosts } from './hosts.ts';

/** A check and what it found. */
export interface Result extends Finding {
  readonly name: string;
  /** The check that failed, because of which this one was not made. */
  readonly hinderedBy?: string;
}

/** How to run them. */
interface RunOptions {
  /** For each check. */
  readonly timeoutMs: number;
  /** Told of each result at once. */
  readonly onResult?: (result: Result) => void;
}

/** A check that notices by itself that its time is up says more about it. */
const GRACE_MS = 200;
/** For a check that is cut off; Ctrl-C must end the program within a second. */
const CLEAN_UP_MS = 600;
const OVERDUE: Finding = failed('There was no result in time.', 'Ask again with a longer --timeout.');

/**
 * Runs checks in their order, each after those that it needs.
 *
 * @throws when somebody interrupts.
 */
export async function runChecks(
  checks: readonly Check[],
  context: CommandContext,
  { timeoutMs, onResult }: RunOptions,
): Promise<readonly Result[]> {
  const { env, given, root, config, fetch, now, signal } = context;
  // Takes half a second, which is no check's own.
  const library = await import('@qr/common');
  const clean = createSecretFilter(env);
  const hosts = createHosts({ fetch, now, env });
  const results: Result[] = [];
  const hindered = new Set<string>();
  for (const check of checks) {
    const hindrance = check.needs.find((name) => hindered.has(name));
    const finding: Finding =
      hindrance === undefined
        ? await runOne(check, { env, given, root, config, fetch, now, timeoutMs, hosts, library }, signal)
        : skipped(`It needs ${hindrance}, which ${verbOf(results, hindrance)}.`);
    if (finding.status === 'failed' || hindrance !== undefined) hindered.add(check.name);
    const { status, says, do: advice } = finding;
    const result = {
      name: check.name,
      status,
      says: clean(says),
      ...(advice !== undefined && { do: clean(advice) }),
      ...(hindrance !== undefined && { hinderedBy: rootOf(results, hindrance) }),
    };
    results.push(result);
    onResult?.(result);
  }
  return results;
}

async function runOne(
  check: Check,
  context: Omit<CheckContext, 'signal'>,
  interruption: AbortSignal,
): Promise<Finding> {
  interruption.throwIfAborted();
  const signal = AbortSignal.any([interruption, AbortSignal.timeout(context.timeoutMs)]);
  const done = new AbortController();
  const isOver = AbortSignal.any([interruption, done.signal]);
  const overdue = sleep(context.timeoutMs + GRACE_MS, OVERDUE, { signal: isOver });
  const work = check
    .run({ ...context, signal })
    .catch((error: unknown) => (signal.aborted ? OVERDUE : unexpected(error)));
  try {
    return await Promise.race([work, overdue]);
  } finally {
    done.abort();
    // What it has opened must be closed before the next one begins.
    await Promise.race([work, sleep(CLEAN_UP_MS, undefined, { ref: false })]);
  }
}

function unexpected(error: unknown): Finding {
  return failed(`The check itself failed: ${error instanceof Error ? error.message : String(error)}`);
}

/** The failure behind a check that was itself skipped. */
function rootOf(results: readonly Result[], name: string): string {
  return results.find((result) => result.name === name)?.hinderedBy ?? name;
}

function verbOf(results: readonly Result[], name: string): string {
  return results.find((result) => result.name === name)?.status === 'skipped' ? 'was skipped' : 'failed';
}

const SECRET_NAME = /(TOKEN|SECRET|_KEY|_DSN|SERVICE_ACCOUNT|WEBHOOK_URL)$/;
/** Secret only where they carry a user or a password. */
const ADDRESS_NAME = /(DATABASE_URL|REDIS_URL|_PROXY)$/i;
/** A shorter part of a value, such as the user `server` of the local DSN, is a word that sentences have. */
const LEAST_LENGTH = 8;

/**
 * Makes the last gate of all that is printed: a vendor's answer may quote what it was sent.
 *
 * @returns a function that replaces the secrets of the environment in a text.
 */
function createSecretFilter(env: Environment): (text: string) => string {
  const secrets = Object.entries(env).flatMap(([name, value]) => {
    if (!value) return [];
    if (SECRET_NAME.test(name)) return [value, ...partsOf(value)].flatMap(formsOf);
    return ADDRESS_NAME.test(name) ? partsOf(value).flatMap(formsOf) : [];
  });
  // Longer ones first: one may be a part of another.
  const ordered = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}

/** What is secret by itself in `protocol://user:password@host` and in `user:secret`. */
function partsOf(value: string): readonly string[] {
  if (!value.includes('://')) return value.includes(':') ? [value.slice(value.indexOf(':') + 1)] : [];
  const { username, password } = URL.canParse(value) ? new URL(value) : { username: '', password: '' };
  return [username, password, decode(password)];
}

/** As it is, and as Basic authorization carries it. */
function formsOf(secret: string): readonly string[] {
  return secret.length < LEAST_LENGTH ? [] : [secret, base64(secret), base64(`${secret}:`)];
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Every check, each behind those that it needs: first what can be told without the network. */
export const allChecks: readonly Check[] = [
  variables,
  spelling,
  production,
  page,
  residency,
  spoolFolder,
  deadLetters,
  sdkCopies,
  inboxCheck,
  mixpanelHost,
  sentryHost,
  clock,
  redis,
  services,
  analytics,
  mixpanelEvent,
  sentryError,
  alertToken,
];

interface Selection {
  /** By name; all when absent. */
  readonly only?: readonly string[];
  readonly offline?: boolean;
}

/** The checks that are wanted, with those that they need, in their order. @throws CommandError for a name that no check has. */
export function selectChecks(checks: readonly Check[], { only, offline = false }: Selection): readonly Check[] {
  const byName = new Map(checks.map((check) => [check.name, check]));
  const wanted = new Set<Check>();
  const want = (name: string): void => {
    const check = byName.get(name);
    if (check === undefined)
      throw new CommandError(`--only must be one of ${[...byName.keys()].join(', ')}, got "${name}".`);
    wanted.add(check);
    check.needs.forEach(want);
  };
  for (const name of only ?? byName.keys()) want(name);
  const selected = checks.filter((check) => wanted.has(check) && !(offline && !check.isOffline));
  const cut = only?.find((name) => offline && byName.get(name)?.isOffline === false);
  if (cut !== undefined)
    throw new CommandError(`--only ${cut} asks the network, and --offline forbids it: leave one of them out.`);
  return selected;
}
