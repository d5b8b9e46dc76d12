import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { Faults } from './faults/faults.ts';
import { type InboxDataOptions, type InboxReader, openInboxData } from './inbox-data.ts';
import { type InboxPluginOptions, inboxPlugin } from './inbox-plugin.ts';
import { addDocumentation } from './page-routes.ts';
import type { Store } from './store/store.ts';

/** How to start an inbox. */
export interface InboxOptions extends Omit<InboxDataOptions, 'onFileError'>, Omit<InboxPluginOptions, 'data' | 'now'> {
  /** 0 takes any free port. @default 0 */
  readonly port?: number | undefined;
  /** Loopback unless you say otherwise: whoever reaches it reads everything. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** Write warnings and errors to standard output, as JSON lines. @default false */
  readonly logger?: boolean | undefined;
  /** The value of NODE_ENV; with `production` the inbox does not start. @default process.env.NODE_ENV */
  readonly environment?: string | undefined;
  /** Start in production all the same. @default false */
  readonly allowProduction?: boolean | undefined;
  /** Whether `/documentation` describes the JSON API; it takes a moment at start. @default false */
  readonly documentation?: boolean | undefined;
}

/** A running inbox. */
export interface Inbox extends InboxReader {
  readonly url: string;
  readonly port: number;
  /** A token for Mixpanel clients; any other is as good. */
  readonly mixpanelToken: string;
  /** A DSN for Sentry clients. @param project - digits; a project each keeps services apart. @default '1' */
  dsn(project?: string): string;
  /**
   * Resolves as soon as an arrival makes the condition true; the error says what has arrived instead.
   * @param timeoutMs - 5000 by default
   */
  waitFor(predicate: (inbox: Inbox) => boolean, timeoutMs?: number): Promise<void>;
  /** What is to go wrong: `inbox.faults.add({ endpoint: 'import', requests: 1, fault: { kind: 'status', status: 503 } })`. */
  readonly faults: Pick<Faults, 'add' | 'list' | 'remove' | 'clear'>;
  /** Removes for good what Mixpanel's compaction would: repeats of one day, whatever their time. @returns how many */
  compact(): number;
  /** Forgets everything, in memory and in the data file. */
  clear(): void;
  /** Stops listening and writes what is pending. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Starts the local stand-in for Mixpanel and Sentry.
 * @throws when NODE_ENV is production, and when it cannot listen.
 */
export async function startInbox(options: InboxOptions = {}): Promise<Inbox> {
  const { port = 0, host = '127.0.0.1', logger = false, documentation = false } = options;
  refuseProduction(options);
  const app = Fastify({
    logger: logger && { level: 'warn' },
    // Node's 16 KiB would refuse a larger event that a client sends in the query string.
    http: { maxHeaderSize: 256 * 1024 },
    forceCloseConnections: true,
  });
  const data = await openInboxData({
    ...options,
    onFileError: (error) => app.log.error({ err: error }, 'the data file cannot be written'),
  });
  try {
    if (documentation) await addDocumentation(app);
    await app.register(inboxPlugin, { ...options, data });
    await app.listen({ port, host });
  } catch (error) {
    await app.close();
    await data.close();
    throw error;
  }
  const { store, rawLog: _rawLog, ...reader } = data;
  const boundPort = portOf(app.server.address()) ?? port;
  const authority = `${urlHost(host)}:${boundPort}`;
  let closing: Promise<void> | undefined;
  const inbox: Inbox = {
    ...reader,
    url: `http://${authority}`,
    port: boundPort,
    mixpanelToken: 'inbox-token',
    dsn: (project = '1') => `http://public@${authority}/${project}`,
    waitFor: (predicate, timeoutMs = 5000) => waitForArrival(store, reader, () => predicate(inbox), timeoutMs),
    close() {
      closing ??= app.close().then(() => data.close());
      return closing;
    },
  };
  return inbox;
}

function refuseProduction({ environment = process.env['NODE_ENV'], allowProduction = false }: InboxOptions): void {
  if (environment !== 'production' || allowProduction) return;
  throw new Error(
    'The inbox does not start with NODE_ENV=production: it shows everything to whoever reaches it. ' +
      'Send telemetry to the vendors, or set INBOX_ALLOW_PRODUCTION=1.',
  );
}

function portOf(address: AddressInfo | string | null): number | undefined {
  return typeof address === 'object' ? address?.port : undefined;
}

/** A name to reach the server by: a wildcard address is reachable on loopback, an IPv6 address needs brackets. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Resolves once `holds` is true, looking again only when something has arrived; rejects after `timeoutMs`. */
function waitForArrival(store: Store, reader: InboxReader, holds: () => boolean, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = store.onArrival(() => check());
    const timer = setTimeout(() => {
      finish();
      const held = inventory(reader);
      reject(
        new Error(`Nothing that arrived within ${timeoutMs} ms made the condition true. The inbox holds ${held}.`),
      );
    }, timeoutMs);
    const finish = (): void => {
      clearTimeout(timer);
      stop();
    };
    const check = (): void => {
      try {
        if (!holds()) return;
        finish();
        resolve();
      } catch (error) {
        finish();
        reject(error);
      }
    };
    check();
  });
}

/** Returns what the inbox holds in one line of names and counts, for the message of a failing test. */
function inventory(reader: InboxReader): string {
  const names = {
    event: reader.events().map(({ event }) => event),
    profile: reader.profiles().map(({ distinctId }) => distinctId),
    error: reader.errors().map(({ type, value }) => `${type}: ${value}`),
    span: reader.spans().map(({ name }) => name),
    log: reader.logs().map(({ level }) => level),
    'rejected record': reader.rejected().map(({ field, message }) => `${field}: ${message}`),
  };
  return Object.entries(names)
    .map(([noun, list]) => tally(noun, list))
    .join(', ');
}

function tally(noun: string, names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const listed = [...counts].slice(0, 8).map(([name, count]) => (count === 1 ? name : `${name} x${count}`));
  const more = counts.size > listed.length ? ', ...' : '';
  const list = listed.length === 0 ? '' : ` (${listed.join(', ')}${more})`;
  return `${names.length} ${noun}${names.length === 1 ? '' : 's'}${list}`;
}
