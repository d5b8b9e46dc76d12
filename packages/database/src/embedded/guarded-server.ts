import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { createScramServer, logIn } from './log-in.ts';

type Execute = PGlite['exec'];

/** Front-end messages of the extended query protocol, which lasts until Sync: Parse, Bind, Describe, Execute, Close, Flush. */
const EXTENDED_QUERY = new Set([...'PBDECH'].map((letter) => letter.charCodeAt(0)));

/** A whole Sync message. https://www.postgresql.org/docs/current/protocol-message-formats.html */
const SYNC = Uint8Array.of('S'.charCodeAt(0), 0, 0, 0, 4);

/**
 * PGlite whose one session may be shared by the clients of a socket server.
 *
 * The server takes one *message* at a time from its clients and keeps to one client only while `isInTransaction()`.
 * A query with parameters is several messages that use one unnamed statement, so another client's Parse could slip
 * in between and the first would get the other's rows (https://github.com/electric-sql/pglite/issues/1046). Saying "in
 * a transaction" until Sync closes that gap.
 */
export class SharedSession extends PGlite {
  #isMidQuery = false;

  override execProtocolRawSync(message: Uint8Array): Uint8Array {
    this.#isMidQuery = EXTENDED_QUERY.has(message[0] ?? 0);
    return super.execProtocolRawSync(message);
  }

  override isInTransaction(): boolean {
    return this.#isMidQuery || super.isInTransaction();
  }

  /** The server's way to roll back for a client that vanished, perhaps in mid-query: after an error there, all but Sync is ignored. */
  override async exec(...parameters: Parameters<Execute>): ReturnType<Execute> {
    if (this.#isMidQuery) await this.execProtocolRaw(SYNC);
    return super.exec(...parameters);
  }
}

/** Far above the pools of all services together: a refused client would read the refusal as a broken protocol. */
const MAX_CONNECTIONS = 500;

/**
 * A client that is silent for so long is cut off and its open transaction, for which all others wait, rolled back.
 * Six times what a pool keeps an idle connection, so that only a stuck one is hit.
 */
const IDLE_TIMEOUT_MS = 60_000;

const LOG_IN_TIMEOUT_MS = 10_000;

interface GuardedServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** Letters, digits, `-` and `_` only. */
  readonly password: string;
}

interface GuardedServer {
  /** With the password in it. */
  readonly url: string;
  readonly port: number;
  /** Disconnects the clients. */
  stop(): Promise<void>;
}

/**
 * Serves a session over TCP to clients that know the password. The socket server knows no passwords, so it listens in a folder that only this user can
 * open, and is given those who have logged in.
 */
export async function startGuardedServer(
  session: SharedSession,
  { port, host, password }: GuardedServerOptions,
): Promise<GuardedServer> {
  const folder = await mkdtemp(join(tmpdir(), 'qr-database-'));
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${folder.replaceAll(/\W/g, '-')}` : join(folder, 's');
  const inner = new PGLiteSocketServer({
    path,
    db: session,
    maxConnections: MAX_CONNECTIONS,
    idleTimeout: IDLE_TIMEOUT_MS,
  });
  await inner.start();
  const scram = createScramServer(password);
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    client.on('error', () => client.destroy());
    client.setNoDelay(true);
    void admit(client);
  });
  server.maxConnections = MAX_CONNECTIONS;

  async function admit(client: Socket): Promise<void> {
    const leaving = new AbortController();
    const timer = setTimeout(() => client.destroy(), LOG_IN_TIMEOUT_MS);
    client.once('close', () => {
      clearTimeout(timer);
      leaving.abort();
    });
    try {
      const startup = await logIn(client, scram, leaving.signal);
      if (startup === undefined) return;
      clearTimeout(timer);
      connectBoth(client, connect(path), startup);
    } catch {
      client.destroy();
    }
  }

  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const client of clients) client.destroy();
    await closed;
    await inner.stop();
    await rm(folder, { recursive: true, force: true });
  };

  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    await inner.stop();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const bound = (server.address() as AddressInfo).port;
  return { url: `postgres://postgres:${password}@${host}:${bound}/postgres`, port: bound, stop };
}

/** Lets two sockets speak with each other; when one goes, so does the other. */
function connectBoth(client: Socket, inside: Socket, first: Buffer): void {
  inside.on('error', () => inside.destroy());
  inside.once('close', () => client.destroy());
  client.once('close', () => inside.destroy());
  inside.write(first);
  inside.pipe(client);
  client.pipe(inside);
}
