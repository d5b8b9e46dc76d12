/** What Node, undici and our own clients call a part that is away, or out of something. */
const CODES =
  /^(?:E(?:CONNREFUSED|CONNRESET|CONNABORTED|TIMEDOUT|NOTFOUND|AI_AGAIN|PIPE|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|MFILE|NFILE|NOSPC|ROFS|DQUOT|IO)|UND_ERR_(?:\w*TIMEOUT|SOCKET|CLOSED|DESTROYED|ABORTED)|FST_REPLY_FROM_\w+|ERR_SERVICE_\w+|NR_CLOSED)$/;
/** PostgreSQL: connection exceptions, insufficient resources, operator intervention, system errors. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DATABASE_CODES = /^(?:08|53|57P|58)[0-9A-Z]{2,3}$/;
/** What `pg` says without a code. */
const SENTENCES =
  /^(?:timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;
const MAX_DEPTH = 5;

/**
 * Names the part of the infrastructure that made an error, such as `ECONNREFUSED connect 127.0.0.1:5432`, also when the error is only caused by it;
 * `undefined` for an error of the code. Never throws.
 */
export function infrastructureOf(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < MAX_DEPTH && typeof current === 'object' && current !== null; depth++) {
    const named = nameOf(current);
    if (named !== undefined) return named;
    current = read(current, 'cause');
  }
  return undefined;
}

function nameOf(error: object): string | undefined {
  const code = read(error, 'code');
  const message = read(error, 'message');
  if (typeof code === 'string' && DATABASE_CODES.test(code)) return `database ${code}`;
  if (typeof code === 'string' && CODES.test(code)) return [code, ...targetOf(error)].join(' ');
  if (typeof message !== 'string') return undefined;
  return SENTENCES.exec(message)?.[0];
}

/** Where it was; of several attempts, one for each address of a host, the first. */
function targetOf(error: object): string[] {
  const errors = read(error, 'errors');
  const attempt = Array.isArray(errors) && typeof errors[0] === 'object' && errors[0] !== null ? errors[0] : error;
  const at = (key: string) => {
    const value = read(attempt as object, key);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const address = [at('hostname') || at('address'), at('port')].filter(Boolean).join(':');
  return [at('syscall'), address, at('service')].filter(Boolean);
}

function read(value: object, key: string): unknown {
  try {
    return (value as Readonly<Record<string, unknown>>)[key];
  } catch {
    return undefined;
  }
}
