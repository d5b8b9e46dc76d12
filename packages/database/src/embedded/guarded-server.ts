import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

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

// Codes of https://www.postgresql.org/docs/current/protocol-message-formats.html
const PROTOCOL_3 = 196_608;
const SSL_REQUEST = 80_877_103;
const GSS_ENCRYPTION_REQUEST = 80_877_104;
const SASL = 10;
const SASL_CONTINUE = 11;
const SASL_FINAL = 12;

/** PostgreSQL's own limit of a start-up packet. */
const MAX_MESSAGE_BYTES = 10_000;

/**
 * Asks a new client for the password, as PostgreSQL does.
 *
 * @returns the client's start-up message, to be forwarded to the database first; `undefined` for a client that was refused with an error.
 * @throws when the client goes away, or `signal` is aborted.
 */
async function logIn(socket: Socket, scram: ScramServer, signal: AbortSignal): Promise<Buffer | undefined> {
  const startup = await readStartup(socket, signal);
  if (startup === undefined) return undefined;
  socket.write(message('R', int32(SASL), `${SCRAM_MECHANISM}\0\0`));
  const exchange = scram.begin(clientFirstOf(await readPassword(socket, signal)));
  if (exchange === undefined) return refuse(socket);
  socket.write(message('R', int32(SASL_CONTINUE), exchange.serverFirst));
  const serverFinal = exchange.finish((await readPassword(socket, signal)).toString('latin1'));
  if (serverFinal === undefined) return refuse(socket);
  socket.write(message('R', int32(SASL_FINAL), serverFinal));
  return startup;
}

async function readStartup(socket: Socket, signal: AbortSignal): Promise<Buffer | undefined> {
  for (;;) {
    const start = await take(socket, 8, signal);
    const length = start.readInt32BE(0);
    const code = start.readInt32BE(4);
    if (length === 8 && (code === SSL_REQUEST || code === GSS_ENCRYPTION_REQUEST)) {
      socket.write('N');
      continue;
    }
    if (code !== PROTOCOL_3 || length < 8 || length > MAX_MESSAGE_BYTES) return refuse(socket);
    return Buffer.concat([start, await take(socket, length - 8, signal)]);
  }
}

/** The body of a message of type `p`; an empty one, which is no log-in of any kind, for all others. */
async function readPassword(socket: Socket, signal: AbortSignal): Promise<Buffer> {
  const start = await take(socket, 5, signal);
  const length = start.readInt32BE(1) - 4;
  if (start[0] !== 'p'.charCodeAt(0) || length < 0 || length > MAX_MESSAGE_BYTES) return Buffer.alloc(0);
  return take(socket, length, signal);
}

/** What the client says in its SASLInitialResponse: the mechanism, the length of the rest, the rest. */
function clientFirstOf(body: Buffer): string {
  const start = Buffer.from(`${SCRAM_MECHANISM}\0`);
  return body.subarray(0, start.length).equals(start) ? body.toString('latin1', start.length + 4) : '';
}

function refuse(socket: Socket): undefined {
  const fields = ['SFATAL', 'VFATAL', 'C28P01', 'Mpassword authentication failed for the embedded database'];
  socket.end(message('E', `${fields.join('\0')}\0\0`));
  return undefined;
}

async function take(socket: Socket, bytes: number, signal: AbortSignal): Promise<Buffer> {
  if (bytes === 0) return Buffer.alloc(0);
  for (;;) {
    const chunk: Buffer | null = socket.read(bytes);
    if (chunk?.length === bytes) return chunk;
    await once(socket, 'readable', { signal });
  }
}

function message(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from(type), int32(4 + body.length), body]);
}

function int32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(number);
  return bytes;
}

/** The name of the mechanism in the protocol. */
const SCRAM_MECHANISM = 'SCRAM-SHA-256';

/** The least that RFC 7677 allows, and PostgreSQL's default. */
const ITERATIONS = 4096;

/** Texts are those of RFC 5802, section 7; `undefined` stands for a client that must be refused. */
interface ScramServer {
  /** Answers the client's first message. */
  begin(clientFirst: string): ScramExchange | undefined;
}

/** One log-in that is under way. */
interface ScramExchange {
  readonly serverFirst: string;
  /** Returns the server's final message, which proves to the client that the server knows the password, too. */
  finish(clientFinal: string): string | undefined;
}

/**
 * Creates the server's half of SCRAM-SHA-256: neither side sends the password, so a process that takes the port before the database does learns nothing.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5802 and https://www.rfc-editor.org/rfc/rfc7677
 * @param password ASCII only, which needs no preparation.
 */
function createScramServer(password: string): ScramServer {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest();
  const serverKey = hmac(salted, 'Server Key');

  return {
    begin(clientFirst) {
      // No channel binding, which takes TLS.
      const [, header, bare, clientNonce] = /^([ny],,)(n=[^,]*,r=([!-+\--~]+)(?:,.*)?)$/.exec(clientFirst) ?? [];
      if (header === undefined || bare === undefined) return undefined;
      const nonce = `${clientNonce}${randomBytes(18).toString('base64')}`;
      const serverFirst = `r=${nonce},s=${salt.toString('base64')},i=${ITERATIONS}`;
      return {
        serverFirst,
        finish(clientFinal) {
          const [, withoutProof, proof] = /^(.*),p=([A-Za-z0-9+/]+=*)$/.exec(clientFinal) ?? [];
          if (withoutProof !== `c=${Buffer.from(header).toString('base64')},r=${nonce}`) return undefined;
          const signed = `${bare},${serverFirst},${withoutProof}`;
          const clientKey = xor(Buffer.from(proof ?? '', 'base64'), hmac(storedKey, signed));
          const isKnown = timingSafeEqual(createHash('sha256').update(clientKey).digest(), storedKey);
          return isKnown ? `v=${hmac(serverKey, signed).toString('base64')}` : undefined;
        },
      };
    },
  };
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function xor(bytes: Buffer, mask: Buffer): Buffer {
  return bytes.length === mask.length ? Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0))) : bytes;
}
