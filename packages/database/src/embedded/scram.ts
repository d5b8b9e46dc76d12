import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/** The name of the mechanism in the protocol. */
export const SCRAM_MECHANISM = 'SCRAM-SHA-256';

/** The least that RFC 7677 allows, and PostgreSQL's default. */
const ITERATIONS = 4096;

/** Texts are those of RFC 5802, section 7; `undefined` stands for a client that must be refused. */
export interface ScramServer {
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
export function createScramServer(password: string): ScramServer {
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
