import { MAY_BE_PERSONAL, NAMES_ID, personalIdOf } from '../privacy/index.ts';
import { readObservabilityConfig } from '../settings/load-config.ts';
import { warnOnce } from '../warn-once.ts';
import { hashPersonal } from './hash.ts';

const VARIABLE = 'OBSERVABILITY_PLAIN_USER_IDS';
/** More of an id is never sent. */
const MAX_LENGTH = 1024;
const DEVICE_PREFIX = '$device:';

/** What the options of this process say; `undefined` while none does, and the variable decides. */
let chosen: boolean | undefined;
let fromVariable: { readonly text: string | undefined; readonly isPlain: boolean } | undefined;

/**
 * Returns an id in the form in which it leaves the process: the hash of the address for one that is, or holds, an e-mail address, also behind
 * `$device:`, and for an international telephone number. Every other id, a hash included, stays as it is; so do all with `plainUserIds`.
 */
export function sentIdOf(id: string): string {
  const hash = personalHashOf(id);
  if (hash === undefined || arePlain()) return id;
  warnOnce(
    'A user id is or holds an e-mail address or a telephone number: such ids are sent as a hash, the email_hash of an address. Use the id of the account, or set plainUserIds.',
  );
  return hash;
}

/**
 * Returns the hash that stands for an id that holds an address, whatever is set; `undefined` for every other id.
 *
 * @param key instead of that of this process.
 */
export function personalHashOf(id: string, key?: string): string | undefined {
  // Nearly every id ends here.
  if (!MAY_BE_PERSONAL.test(id.length > MAX_LENGTH ? id.slice(0, MAX_LENGTH) : id)) return undefined;
  const prefix = prefixOf(id);
  const bare = id.slice(prefix.length, MAX_LENGTH);
  return personalIdOf(bare) === undefined ? undefined : prefix + hashPersonal(bare, key);
}

function prefixOf(id: string): string {
  return id.startsWith(DEVICE_PREFIX) ? DEVICE_PREFIX : '';
}

/**
 * Takes the option `plainUserIds` for the life of the process. Anything but `true` and `false`, and two calls that differ, do not let addresses out.
 *
 * @param caller for the warning.
 */
export function choosePlainUserIds(option: unknown, caller: string): void {
  const problem = readObservabilityConfig().problems.get(VARIABLE);
  if (problem !== undefined) warnOnce(`${problem} User ids that hold an address are hashed.`);
  if (option === undefined) return;
  if (typeof option !== 'boolean') {
    warnOnce(
      `${caller}: plainUserIds expects true or false, got a value of the type ${typeof option}. It counts as false.`,
    );
  } else if (chosen !== undefined && chosen !== option) {
    warnOnce(`${caller}: plainUserIds differs from an earlier call. User ids that hold an address are hashed.`);
  }
  chosen = option === true && chosen !== false;
}

/** Forgets the options: observability was closed. */
export function releasePlainUserIds(): void {
  chosen = undefined;
}

function arePlain(): boolean {
  if (chosen !== undefined) return chosen;
  const text = process.env[VARIABLE];
  if (fromVariable === undefined || fromVariable.text !== text) {
    fromVariable = { text, isPlain: readObservabilityConfig().config.OBSERVABILITY_PLAIN_USER_IDS === 'true' };
  }
  return fromVariable.isPlain;
}

/**
 * Returns an id under the name of one as {@link sentIdOf} does, if it holds an address; `undefined` for every other text, which is searched for
 * secrets like any text.
 */
export function personalIdUnder(name: string, text: string): string | undefined {
  return NAMES_ID.test(name) && personalHashOf(text) !== undefined ? sentIdOf(text) : undefined;
}

const NO_FORMS: readonly string[] = [];

/** Returns the other texts that may stand for a person whose id holds an address: the address in its normal form, and its hash. */
export function otherFormsOf(id: string): readonly string[] {
  const hash = personalHashOf(id);
  if (hash === undefined) return NO_FORMS;
  const prefix = prefixOf(id);
  return [prefix + personalIdOf(id.slice(prefix.length)), hash];
}
