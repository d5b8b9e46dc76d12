// Whole, because bundles declare a `createRequire` of their own.
import * as nodeModule from 'node:module';
import type Mixpanel from 'mixpanel';
import {
  copyOf,
  createOfficialRecords,
  type OfficialRecords,
  type OfficialRecordsOptions,
} from './official-records.ts';

import { attempt } from './planned-properties.ts';

interface OfficialRequest {
  readonly endpoint: string;
  readonly data: unknown;
}

type Method = (...args: unknown[]) => void;

/** Parts of the official client that we replace; the first two are not part of its published types. */
interface Internals {
  send_request(request: OfficialRequest, callback?: unknown): void;
  send_event_request(endpoint: string, event: string, properties: object): void;
  track: Method;
  track_batch: Method;
  import: Method;
  import_batch: Method;
  set_config: Method;
  alias: Method;
  readonly config: { readonly debug?: unknown; readonly logger?: { debug?: Method } };
  readonly people: Record<string, Method>;
  readonly groups: Record<string, Method>;
}

const PEOPLE_METHODS = [
  ...['set', 'set_once', 'increment', 'append', 'track_charge', 'clear_charges', 'delete_user', 'remove', 'union'],
  'unset',
];
const GROUP_METHODS = ['set', 'set_once', 'delete_group', 'remove', 'union', 'unset'];
/** Settings that change something: what the client writes on the console. */
const HONOURED_SETTINGS = new Set(['debug', 'logger']);

/** Loads the SDK when it is first asked for: a tenth of the time that importing this library would take. */
function loadMixpanel(): typeof Mixpanel {
  // Bundlers replace the first call by the module.
  return typeof require === 'function' ? require('mixpanel') : nodeModule.createRequire(import.meta.url)('mixpanel');
}

/**
 * Returns Mixpanel's own client, its requests carried by our lanes: batched, durable, retried, and limited to the tracking plan like everything
 * else. A callback is called once its records are queued, after the call has returned, with an error when a record was refused.
 */
export function createOfficialClient(options: OfficialRecordsOptions): Mixpanel.Mixpanel {
  const { warnOnce } = options;
  const records = createOfficialRecords(options);
  const client = withoutProxy(() => loadMixpanel().init(options.token));
  const internals = client as unknown as Internals;
  const addedToEvents = fieldsOf(internals);

  /** Counts requests, by which a method that gave up without a word is known. */
  let requests = 0;
  internals.send_request = ({ endpoint, data }, callback) => {
    requests++;
    answer(callback, sendAll(records, endpoint, itemsOf(data)));
  };
  internals.track = (name, given, done) => {
    const { properties, callback } = eventArguments(given, done);
    answer(callback, sendEvent('track', name, properties));
  };
  internals.import = (name, time, given, done) => {
    const { properties, callback } = eventArguments(given, done);
    answer(callback, sendEvent('import', name, isObject(properties) ? { ...copyOf(properties), time } : properties));
  };
  internals.track_batch = (list, given, done) => sendBatch('track', list, typeof given === 'function' ? given : done);
  internals.import_batch = (list, given, done) => sendBatch('import', list, typeof given === 'function' ? given : done);
  internals.alias = (id, alias, callback) => internals.track('$create_alias', { distinct_id: id, alias }, callback);
  const { set_config: setConfig } = internals;
  internals.set_config = (config) => {
    warnOfSettings(config, warnOnce);
    try {
      setConfig(config);
    } catch (error) {
      warnOnce(
        `set_config of the Mixpanel client was refused: ${error instanceof Error ? error.message : 'unreadable'}`,
      );
    }
  };
  guard(internals.people, PEOPLE_METHODS, 'engage');
  guard(internals.groups, GROUP_METHODS, 'groups');
  warnOfFlags(client, warnOnce);
  return client;

  function sendEvent(source: 'track' | 'import', event: unknown, properties: unknown): Error | undefined {
    const data = { event, properties: isObject(properties) ? { ...copyOf(properties), ...addedToEvents } : properties };
    const { debug, logger } = internals.config;
    if (debug) attempt(() => logger?.debug?.('Sending the following event to Mixpanel', { data }));
    return records.event(source, data);
  }

  function sendBatch(source: 'track' | 'import', list: unknown, callback: unknown): void {
    const error = sendAll(records, `/${source}`, itemsOf(list));
    // The client's contract: a list of errors, or `null`.
    answer(callback, error ? [error] : null);
  }

  /** Keeps what a method is given as it was, and the caller from what it throws. */
  function guard(owner: Record<string, Method>, names: readonly string[], lane: 'engage' | 'groups'): void {
    for (const name of names) {
      const method = owner[name]?.bind(owner);
      owner[name] = (...args) => {
        const before = requests;
        try {
          method?.(...args.map((argument) => (isPlain(argument) ? copyOf(argument) : argument)));
        } catch {
          // The vendor's code stumbles over what it does not expect.
        }
        if (requests > before) return;
        const what = `${lane === 'groups' ? 'groups' : 'people'}.${name}`;
        const error = records.refuse(lane, 'invalid_record', what, 'its arguments are not what that method takes');
        answer(
          args.findLast((argument) => typeof argument === 'function'),
          error,
        );
      };
    }
  }
}

/** The elements that a list has, which may be far fewer than its length. */
function itemsOf(data: unknown): readonly unknown[] {
  return attempt(() => (Array.isArray(data) ? (Object.values(data) as unknown[]) : [data])) ?? [data];
}

function sendAll(records: OfficialRecords, endpoint: string, items: readonly unknown[]): Error | undefined {
  const errors = items.flatMap((item) => sendOne(records, endpoint, item) ?? []);
  const [first] = errors;
  if (first === undefined || items.length === 1) return first;
  return new AggregateError(
    errors,
    `${errors.length} of ${items.length} records were refused. The first: ${first.message}`,
  );
}

function sendOne(records: OfficialRecords, endpoint: string, item: unknown): Error | undefined {
  if (endpoint === '/track') return records.event('track', item);
  if (endpoint === '/import') return records.event('import', item);
  if (endpoint === '/engage') return records.update('engage', item);
  if (endpoint === '/groups') return records.update('groups', item);
  return records.refuse('import', 'invalid_record', 'A request', `${String(endpoint)} is not carried`);
}

/** The method fills in what it was not given, as the client does. */
function eventArguments(given: unknown, done: unknown): { properties: unknown; callback: unknown } {
  if (typeof given === 'function') return { properties: {}, callback: given };
  return { properties: given || {}, callback: done };
}

/** Calls back after the caller has gone on, as after a request. */
function answer(callback: unknown, error: unknown): void {
  if (typeof callback === 'function') queueMicrotask(() => void callback(error));
}

/** The client makes an agent for the proxy of the environment at once, which it never uses here, and throws on an address without a scheme. */
function withoutProxy<T>(make: () => T): T {
  const { HTTPS_PROXY, HTTP_PROXY } = process.env;
  try {
    delete process.env['HTTPS_PROXY'];
    delete process.env['HTTP_PROXY'];
    return make();
  } finally {
    if (HTTPS_PROXY !== undefined) process.env['HTTPS_PROXY'] = HTTPS_PROXY;
    if (HTTP_PROXY !== undefined) process.env['HTTP_PROXY'] = HTTP_PROXY;
  }
}

/** What the client adds to each event: token, name and version of the library. */
function fieldsOf(internals: Internals): object {
  const fields = {};
  internals.send_request = () => {};
  internals.send_event_request('/track', '', fields);
  return fields;
}

function warnOfSettings(config: unknown, warnOnce: (message: string) => void): void {
  for (const name of isObject(config) ? Object.keys(copyOf(config)) : []) {
    if (HONOURED_SETTINGS.has(name)) continue;
    warnOnce(
      `set_config({ ${name} }) of the Mixpanel client has no effect: requests are carried by @qr/common, which .env.example configures.`,
    );
  }
}

/** Feature flags are not carried; who looks for them is told once. */
function warnOfFlags(client: Mixpanel.Mixpanel, warnOnce: (message: string) => void): void {
  for (const name of ['local_flags', 'remote_flags']) {
    Object.defineProperty(client, name, {
      configurable: true,
      enumerable: false,
      get: () => {
        warnOnce(
          `${name} of the Mixpanel client is not supported: use Mixpanel.init of the package mixpanel for feature flags.`,
        );
        return undefined;
      },
    });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isPlain(value: unknown): value is object {
  if (!isObject(value) || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
