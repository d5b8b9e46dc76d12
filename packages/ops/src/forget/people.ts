import { isUsableId, personalHashOf } from '@qr/telemetry/operations';
import { CommandError } from '../cli/command-error.ts';
import type { CommandContext } from '../cli/context.ts';

/** As the services' routes take them. */
const MAX_LENGTH = 100;
/** A shorter one may be an ordinary value, such as a country, that stands in the records of others. */
const MIN_LENGTH = 6;

/** The people to erase, each once. */
export interface People {
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
