import { type Finding, failed } from './check.ts';
import { isLoopback } from './destinations.ts';

/**
 * Explains why nothing came back from a host, and what to do about it.
 *
 * @param error what `fetch` or a socket threw, or the message of a delivery.
 */
export function explainFailure(error: unknown, origin: string): Finding {
  const text = describe(error);
  const { hostname, protocol } = new URL(origin);
  if (/ECONNREFUSED/.test(text)) return refused(origin);
  if (/ENOTFOUND|EAI_AGAIN/.test(text))
    return failed(
      `The name ${hostname} cannot be resolved: it does not exist, or this machine has no DNS.`,
      `Look for a typing error in ${hostname}; then see whether other names are resolved on this machine.`,
    );
  if (/ERR_TLS_CERT_ALTNAME_INVALID|altnames/.test(text))
    return failed(
      `${origin} shows a certificate that is for other names than ${hostname}.`,
      `Correct the name of the host; if it is right, something between here and there answers in its place.`,
    );
  if (/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|certificate (has expired|is not yet valid)/.test(text))
    return failed(
      `The certificate of ${origin} is not valid at the time that this machine believes it is.`,
      'Set the clock of this machine. If it is right, whoever runs the host must renew the certificate.',
    );
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET)|self-signed|unable to (verify|get)/.test(text))
    return failed(
      `The certificate of ${origin} is signed by somebody whom this machine does not know.`,
      'A proxy of your company may open TLS: give Node its certificate with NODE_EXTRA_CA_CERTS=<file>. Never switch the check off.',
    );
  if (/EPROTO|ERR_SSL|SSL routines|wrong version number|packet length/.test(text))
    return failed(
      `${origin} does not speak TLS.`,
      protocol === 'https:'
        ? 'Write http:// if the host is a local one; a vendor always speaks https, so look for a proxy in between.'
        : 'Look at what listens there.',
    );
  if (/ECONNRESET|EPIPE|other side closed|socket hang up|UND_ERR_SOCKET/.test(text))
    return failed(
      `${origin} ended the connection without an answer.`,
      'Try again. If it stays so, a firewall or a proxy between here and there cuts it off.',
    );
  if (/TimeoutError|timeout|timed out|ETIMEDOUT|no whole answer/i.test(text))
    return failed(
      `${origin} does not answer in time.`,
      'A firewall may swallow the packets: let this machine reach the host. --timeout waits longer.',
    );
  if (/ENETUNREACH|EHOSTUNREACH/.test(text))
    return failed(`There is no way from this machine to ${origin}.`, 'See whether this machine is on the network.');
  return failed(`${origin} cannot be reached: ${text}.`, 'See whether this machine is on the network.');
}

function refused(origin: string): Finding {
  if (!isLoopback(origin))
    return failed(
      `${origin} refuses the connection: nothing listens on that port.`,
      'Look for a typing error in the host and its port, and whether a firewall refuses in its place.',
    );
  // What is local and speaks HTTP is the platform itself.
  const isOurs = origin.startsWith('http');
  return failed(
    `Nothing listens at ${origin}${isOurs ? ': `npm start` starts the inbox and the services' : ''}.`,
    'Leave it running in a terminal of its own, and ask again.',
  );
}

/** `fetch` says `fetch failed` and keeps the reason as its cause, which may itself hold one error for each address that was tried. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const parts = [
    error.name === 'Error' ? '' : error.name,
    code ?? '',
    error.message === 'fetch failed' ? '' : error.message,
  ];
  const inner = error instanceof AggregateError ? error.errors.map(describe) : [];
  const cause = error.cause === undefined ? '' : describe(error.cause);
  return [...parts, ...inner, cause].filter(Boolean).join(' ');
}

const MAX_LENGTH = 160;

/**
 * What an answer says, in a line: of `{"error":"Invalid credentials",...}` and `{"detail":"..."}` the sentence, of anything else its beginning.
 * Without control characters: whoever answers must not move the cursor of a terminal.
 */
export function wordsOf(answer: string): string {
  const [, sentence] = /"(?:error|detail)"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(answer) ?? [];
  return (sentence ?? answer)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_LENGTH);
}
