import type { InboxReader } from '../inbox-data.ts';
import type { RawRequest } from '../store/raw-log.ts';

/** Where a text was found that should not have left the process. */
export interface Leak {
  readonly where: string;
  readonly around: string;
}

const CONTEXT_CHARACTERS = 40;
/** The key of the project travels here by design. */
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-sentry-auth']);

/** Looks for a text in the bytes of every request and in every stored record, through JSON, URL and base64 encoding. */
export function findLeaks(inbox: InboxReader, secret: string | RegExp): Leak[] {
  const leaks: Leak[] = [];
  for (const { where, text } of everythingThatArrived(inbox)) {
    for (const form of [text, ...decodedForms(text)]) {
      const at = typeof secret === 'string' ? form.indexOf(secret) : form.search(secret);
      if (at === -1) continue;
      const around = form.slice(Math.max(0, at - CONTEXT_CHARACTERS), at + CONTEXT_CHARACTERS * 2);
      leaks.push({ where, around });
      break;
    }
  }
  return leaks;
}

function* everythingThatArrived(inbox: InboxReader): Generator<{ where: string; text: string }> {
  for (const request of inbox.raw()) {
    yield { where: `request ${request.seq} (${request.method} ${request.url.split('?')[0]})`, text: textOf(request) };
  }
  const records = [inbox.events(), inbox.errors(), inbox.spans(), inbox.logs(), inbox.items(), inbox.rejected()].flat();
  for (const record of records) yield { where: `${record.kind} ${record.id}`, text: allStrings(record).join('\n') };
}

function textOf({ url, headers, body }: RawRequest): string {
  const sent = Object.entries(headers).filter(([name]) => !CREDENTIAL_HEADERS.has(name));
  return `${url}\n${sent.map((pair) => pair.join(': ')).join('\n')}\n${body.toString('utf8')}`;
}

/** JSON may write any character as an escape, so names and values are compared as they are meant. */
function allStrings(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([name, each]) => [name, ...allStrings(each)]);
}

function decodedForms(text: string): string[] {
  const unescaped = text
    .replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
    .replace(/\\u([0-9a-f]{4})/gi, (_escape, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const words = unescaped.match(/[A-Za-z0-9+/_-]{24,}={0,2}/g) ?? [];
  return [unescaped, words.map((word) => Buffer.from(word, 'base64').toString('utf8')).join('\n')];
}
