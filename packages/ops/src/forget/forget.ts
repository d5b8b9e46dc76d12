import { personKeys } from '@qr/plan';
import {
  type ForgottenInSpool,
  forgetInSpool,
  isUsableId,
  personalHashOf,
  type SpoolRoot,
} from '@qr/telemetry/operations';
import { type CommandContext, CommandError, requirePlan } from '../cli/command.ts';
import { exchange } from '../cli/http.ts';
import { countOf } from '../cli/terminal.ts';
import { locateSpools } from '../spool/locate.ts';
import {
  accessOf,
  type ComplianceType,
  type Deletion,
  isReason,
  outcomesOf,
  type PartOutcome,
  requestDeletion,
} from './deletions.ts';
import { explainSentry } from './sentry.ts';

/** Whose data is to be erased, and how. */
export interface ForgetRequest {
  readonly people: People;
  readonly complianceType: ComplianceType;
  /** A spool, or a folder of them, instead of all. */
  readonly dir: string | undefined;
}

/** What became of an erasure. */
export interface ForgetOutcome {
  readonly parts: readonly PartOutcome[];
  readonly deletions: readonly Deletion[];
  /** What is left to people, at Sentry. */
  readonly steps: readonly string[];
}

/**
 * Erases people everywhere. A part that fails does not stop the others, and all of it may be done again. Services first, so that nothing new comes,
 * then what waits, and the vendors last: what reached them meanwhile goes too.
 */
export async function forget(context: CommandContext, request: ForgetRequest): Promise<ForgetOutcome> {
  const { people, complianceType, dir } = request;
  const { spools } = await locateSpools(context, dir);
  const parts: PartOutcome[] = [];
  const personFields = personKeys(await requirePlan(context));
  context.note('Asking the services ...');
  for (const service of await servicesOf(context)) parts.push(await eraseInService(context, service, people.given));
  if (spools.length > 0) context.note('Searching the spools ...');
  for (const spool of spools)
    parts.push(
      await eraseInSpool(spool, [...new Set([...people.given, ...people.sent])], { now: context.now(), personFields }),
    );
  context.note('Asking the vendors ...');
  const access = accessOf(context);
  const { outcomes, deletions } = isReason(access)
    ? { outcomes: [access], deletions: [] }
    : await requestDeletion(context, access, { people: people.sent, complianceType });
  const sentry = await explainSentry(context, people.sent);
  return { parts: [...parts, ...outcomes, ...sentry.outcomes], deletions, steps: sentry.steps };
}

/** As the services' routes take them. */
const MAX_LENGTH = 100;
/** A shorter one may be an ordinary value, such as a country, that stands in the records of others. */
const MIN_LENGTH = 6;

/** The people to erase, each once. */
interface People {
  /** Ids as they were given, under which services keep rows. */
  readonly given: readonly string[];
  /** Ids as vendors and spools have them: a hash for an e-mail address, unless OBSERVABILITY_PLAIN_USER_IDS is true. */
  readonly sent: readonly string[];
}

/**
 * Reads the ids of the people to erase.
 *
 * @throws CommandError when one is not the id of a person, or is an address and PII_HASH_KEY, by which it is hashed, is not set.
 */
export function readPeople({ env }: Pick<CommandContext, 'env'>, userIds: readonly string[]): People {
  for (const id of userIds) {
    const problem = problemOf(id);
    if (problem) throw new CommandError(`<userId> must be the id of an account or a visitor: "${id}" ${problem}.`);
  }
  const given = [...new Set(userIds)];
  return { given, sent: [...new Set(given.map((id) => sentIdOf(env, id)))] };
}

/** Returns whether any of the ids is an address, which leaves as a hash. */
export function areHashed({ given, sent }: People): boolean {
  return given.some((id) => !sent.includes(id));
}

function sentIdOf(env: CommandContext['env'], id: string): string {
  const key = env['PII_HASH_KEY']?.trim() || undefined;
  const hash = personalHashOf(id, key);
  if (hash === undefined || env['OBSERVABILITY_PLAIN_USER_IDS']?.trim().toLowerCase() === 'true') return id;
  if (key !== undefined) return hash;
  throw new CommandError(
    'PII_HASH_KEY is not set, and an e-mail address leaves the platform as a hash under it: put the key of the services into .env.',
  );
}

function problemOf(id: string): string | undefined {
  if (personalHashOf(id) === undefined && /\s/.test(id)) return 'has spaces in it';
  if (id.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (id.length < MIN_LENGTH)
    return `is shorter than ${MIN_LENGTH} characters, and could be a value in the records of others`;
  return isUsableId(id) ? undefined : 'stands for nobody';
}

const TIMEOUT_MS = 5000;

/** A service and where it is. */
interface ServiceAddress {
  readonly name: string;
  readonly variable: string;
  readonly origin: string;
}

/** Returns the services of the config that hold rows of people, in its order: where their variables say, else at the ports of `npm start`. */
export async function servicesOf({ env, config }: Pick<CommandContext, 'env' | 'config'>): Promise<ServiceAddress[]> {
  const services = (await config()).services.filter(({ forgetsUsers }) => forgetsUsers);
  return services.flatMap(({ name, originVariable: variable, port }) => {
    // Instances are separated by commas.
    const origins = (env[variable]?.trim() || `http://127.0.0.1:${port}`).split(',');
    return origins.map((origin) => ({ name, variable, origin: origin.trim().replace(/\/+$/, '') }));
  });
}

/** Asks a service to remove the rows of people, and what of theirs waits there; both may be asked again. */
async function eraseInService(
  context: CommandContext,
  service: ServiceAddress,
  people: readonly string[],
): Promise<PartOutcome> {
  const outcome = outcomesOf('service', service.name);
  const token = context.env['SERVICE_TOKEN']?.trim();
  if (!token)
    return outcome(
      'failed',
      'SERVICE_TOKEN is not set: it must be the one that the services show each other; put it into .env',
    );
  for (const id of people) {
    const problem = await ask(context, service, { id, token });
    if (problem !== undefined) return outcome('failed', problem);
  }
  return outcome('done', 'its rows are gone, and what waited there');
}

async function ask(
  context: CommandContext,
  { variable, origin }: ServiceAddress,
  { id, token }: { readonly id: string; readonly token: string },
): Promise<string | undefined> {
  const url = `${origin}/internal/users/${encodeURIComponent(id)}`;
  const init = { method: 'DELETE', headers: { authorization: `Bearer ${token}` } };
  const { status, text } = await exchange(url, init, { ...context, timeoutMs: TIMEOUT_MS });
  if (status === 204) return undefined;
  if (status === 0) return `nobody answers at ${origin} (${text}): start it or set ${variable}, then run this again`;
  if (status === 401) return 'it refuses SERVICE_TOKEN (401): use the one that it was started with';
  if (status === 404) return `${origin} has no such route (404): check ${variable}`;
  return `${origin} answered ${status}: see its log, then run this again`;
}

/** Takes people out of a spool: what waits, what was rejected, and what comes later. */
async function eraseInSpool(
  { name, root }: SpoolRoot,
  people: readonly string[],
  { now, personFields }: { readonly now: number; readonly personFields: ReadonlySet<string> },
): Promise<PartOutcome> {
  const outcome = outcomesOf('spool', name);
  try {
    const found = await forgetInSpool(root, people, now, { personFields });
    if (found.problems.length === 0) return outcome('done', sentence(found));
    return outcome('failed', `not everything could be searched: ${found.problems.join('; ')}`);
  } catch (error) {
    return outcome('failed', error instanceof Error ? error.message : String(error));
  }
}

function sentence({ removed, anonymised, deadLetters, running, notices }: ForgottenInSpool): string {
  const gone = `${countOf(removed, 'waiting record')} and ${countOf(deadLetters, 'rejected record')} removed`;
  const parts = [
    removed || deadLetters || anonymised ? gone : 'nothing of theirs waits or was rejected',
    ...(anonymised ? [`${countOf(anonymised, 'error')} made anonymous`] : []),
    ...(running ? [followers(running)] : []),
  ];
  return [parts.join(', '), ...notices].join('; ');
}

/** They read the erasure list before each batch, and search their files on a timer. */
function followers(running: number): string {
  const who = countOf(running, 'running process', 'running processes');
  return `${who} will check before the next batch and remove the rest from disk within 5 s`;
}
