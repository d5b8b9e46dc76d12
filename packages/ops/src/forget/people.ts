import { isUsableId } from '@qr/common/spool';
import { CommandError } from '../cli/command-error.ts';

/** As the services' routes take them. */
const MAX_LENGTH = 64;
/** A shorter one may be an ordinary value, such as a country, that stands in the records of others. */
const MIN_LENGTH = 6;

/**
 * The people who are to be erased, each once.
 *
 * @throws CommandError when one is not the id of a person.
 */
export function readPeople(userIds: readonly string[]): string[] {
  for (const id of userIds) {
    const problem = problemOf(id);
    if (problem) throw new CommandError(`<userId> must be the id of an account or a visitor: "${id}" ${problem}.`);
  }
  return [...new Set(userIds)];
}

function problemOf(id: string): string | undefined {
  if (id.includes('@')) return 'is an e-mail address, and only ids leave the platform; look the id up in the database';
  if (/\s/.test(id)) return 'has spaces in it';
  if (id.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (id.length < MIN_LENGTH)
    return `is shorter than ${MIN_LENGTH} characters, and could be a value in the records of others`;
  return isUsableId(id) ? undefined : 'stands for nobody';
}
