import { createHash, createHmac, randomBytes } from 'node:crypto';
import { domainToUnicode } from 'node:url';
import type { Settings, Variables } from './core.ts';
import { MAY_BE_PERSONAL, NAMES_ID, personalIdOf } from './privacy/index.ts';
import { weakHashKey } from './settings/config.ts';

/** More of an id is never sent. */
const MAX_ID_LENGTH = 1024;
const DEVICE_PREFIX = '$device:';
const NO_FORMS: readonly string[] = [];

/** The key for hashes of personal values. */
interface HashKey {
  /** `undefined` where none is set. */
  readonly key: string | undefined;
  /** Why the key that is set must not be used, or should not be. */
  readonly problem: string | undefined;
  /** Whether nothing may be sent that depends on the key. */
  readonly isRefused: boolean;
}

/** Hashes of personal values, and the form in which user ids leave the process. */
export interface People {
  /**
   * Returns the key. Until analytics are started, which fixes it, it follows the settings: something may be hashed before the environment is
   * complete.
   */
  readonly hashKey: () => HashKey;
  /** Stands for a key that is absent or refused: what it hashes can be linked within one process only. */
  readonly processKey: string;
  /** Reads the key once, so that no further call looks at the settings. */
  readonly fixHashKey: () => HashKey;
  /** Takes the option `plainUserIds` for the life of the instance. Anything but `true` and `false`, and two calls that differ, hash addresses. */
  readonly choosePlainUserIds: (option: unknown, caller: string) => void;
  /** Forgets the fixed key and the chosen option: telemetry was closed. */
  readonly release: () => void;
  /**
   * Hashes a personal value, trimmed and in lower case, to 64 hex digits: HMAC-SHA-256 with `PII_HASH_KEY`, plain SHA-256 where no key is set. With a
   * key that production refuses, the hash is keyed at random. All spellings of one e-mail address or telephone number have one hash.
   */
  readonly hashPersonal: (value: string) => string;
  /**
   * Returns the hash under which an e-mail address is known in events, the `email_hash` of a tracking plan: 64 hex digits, however the address is
   * encoded. An empty text for anything that is not a text.
   */
  readonly hashEmail: (email: string) => string;
  /**
   * Returns an id in the form in which it leaves the process: the hash of the address for one that is, or holds, an e-mail address, also behind
   * `$device:`, and for an international telephone number. Every other id, a hash included, stays as it is; so do all with `plainUserIds`.
   */
  readonly sentIdOf: (id: string) => string;
  /**
   * Returns an id under the name of one as `sentIdOf` does, if it holds an address; `undefined` for every other text, which is searched for secrets like
   * any text.
   */
  readonly personalIdUnder: (name: string, text: string) => string | undefined;
  /** Returns the other texts that may stand for a person whose id holds an address: the address in its normal form, and its hash. */
  readonly otherFormsOf: (id: string) => readonly string[];
}

interface PeopleOptions {
  readonly readSettings: () => Settings;
  /** The texts of the settings: cheaper to look at than settings that are checked. */
  readonly variables: () => Variables;
  readonly warnOnce: (message: string) => void;
}

export function createPeople({ readSettings, variables, warnOnce }: PeopleOptions): People {
  const processKey = randomBytes(32).toString('hex');
  let current: (HashKey & { readonly text: string | undefined }) | undefined;
  let isFixed = false;
  /** What the options say; `undefined` while none does, and the setting decides. */
  let chosen: boolean | undefined;
  let fromSetting: { readonly text: string | undefined; readonly isPlain: boolean } | undefined;

  function readHashKey(): HashKey & { readonly text: string | undefined } {
    const { config, problems, malformed } = readSettings();
    const { PII_HASH_KEY: text } = variables();
    const problem = problems.get('PII_HASH_KEY');
    if (malformed.has('PII_HASH_KEY')) return { key: processKey, problem, isRefused: true, text };
    const { PII_HASH_KEY: key } = config;
    return { key, problem: problem ?? weakHashKey(key), isRefused: false, text };
  }

  function hashKey(): HashKey {
    if (current === undefined || !(isFixed || current.text === variables().PII_HASH_KEY)) current = readHashKey();
    return current;
  }

  function arePlain(): boolean {
    if (chosen !== undefined) return chosen;
    const { OBSERVABILITY_PLAIN_USER_IDS: text } = variables();
    if (fromSetting === undefined || fromSetting.text !== text) {
      fromSetting = { text, isPlain: readSettings().config.OBSERVABILITY_PLAIN_USER_IDS === 'true' };
    }
    return fromSetting.isPlain;
  }

  const hashPersonal = (value: string) => hashWith(value, hashKey().key);
  const personalHash = (id: string) => hashOfId(id, hashPersonal);

  function sentIdOf(id: string): string {
    const hash = personalHash(id);
    if (hash === undefined || arePlain()) return id;
    warnOnce(
      'A user id is or holds an e-mail address or a telephone number: such ids are sent as a hash, the email_hash of an address. Use the id of the account, or set plainUserIds.',
    );
    return hash;
  }

  return {
    hashKey,
    processKey,
    fixHashKey() {
      current = readHashKey();
      isFixed = true;
      return current;
    },
    choosePlainUserIds(option, caller) {
      const problem = readSettings().problems.get('OBSERVABILITY_PLAIN_USER_IDS');
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
    },
    release() {
      isFixed = false;
      chosen = undefined;
    },
    hashPersonal,
    hashEmail: (email) => (typeof email === 'string' ? hashPersonal(email) : ''),
    sentIdOf,
    personalIdUnder: (name, text) =>
      NAMES_ID.test(name) && personalHash(text) !== undefined ? sentIdOf(text) : undefined,
    otherFormsOf(id) {
      const hash = personalHash(id);
      if (hash === undefined) return NO_FORMS;
      const prefix = prefixOf(id);
      return [prefix + personalIdOf(id.slice(prefix.length)), hash];
    },
  };
}

/**
 * Returns the hash that stands for an id that holds an address, with a key of your own; `undefined` for every other id.
 *
 * @param key plain SHA-256 without one.
 */
export function personalHashOf(id: string, key?: string): string | undefined {
  return hashOfId(id, (value) => hashWith(value, key));
}

function hashOfId(id: string, hash: (value: string) => string): string | undefined {
  // Nearly every id ends here.
  if (!MAY_BE_PERSONAL.test(id.length > MAX_ID_LENGTH ? id.slice(0, MAX_ID_LENGTH) : id)) return undefined;
  const prefix = prefixOf(id);
  const bare = id.slice(prefix.length, MAX_ID_LENGTH);
  return personalIdOf(bare) === undefined ? undefined : prefix + hash(bare);
}

function hashWith(value: string, key: string | undefined): string {
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  return hash.update(normalOf(value)).digest('hex');
}

function prefixOf(id: string): string {
  return id.startsWith(DEVICE_PREFIX) ? DEVICE_PREFIX : '';
}

function normalOf(value: string): string {
  const personal = personalIdOf(value);
  if (personal === undefined) return value.trim().toLowerCase();
  const domain = personal.slice(personal.lastIndexOf('@') + 1);
  if (!domain.includes('xn--')) return personal;
  // A browser's e-mail field turns the letters of a domain into ASCII; empty for what is no domain.
  return personal.slice(0, -domain.length) + (domainToUnicode(domain) || domain);
}
