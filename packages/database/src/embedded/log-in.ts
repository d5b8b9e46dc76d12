import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SCRAM_MECHANISM, type ScramServer } from './scram.ts';

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
export async function logIn(socket: Socket, scram: ScramServer, signal: AbortSignal): Promise<Buffer | undefined> {
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
