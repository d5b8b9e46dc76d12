import { PGlite } from '@electric-sql/pglite';

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
