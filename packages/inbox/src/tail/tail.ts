import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { sentUserOf, serviceOf, traceIdOf } from '../query/records.ts';
import { spanName } from '../query/spans.ts';
import type { JsonObject, RecordKind, StoredRecord } from '../store/records.ts';
import type { TailOptions } from './options.ts';

/** Where {@link tail} writes. */
interface Terminal {
  readonly hasColors: boolean;
  out(line: string): void;
  /** What is no record: not mixed into what tools read. */
  note(line: string): void;
}

const RECONNECT_MS = 1000;

/**
 * Prints what the inbox receives until `signal` ends it. An inbox that goes away is waited for.
 *
 * @throws Error when no inbox answers at first.
 */
export async function tail(options: TailOptions, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const startedAt = Date.now();
  // A reader that reconnects is told everything again. By time, then by number: an inbox that starts anew may count from 1 again.
  let last = { receivedAt: 0, id: -1 };
  const onMessage = (message: Message): void => {
    if (!isRecord(message)) {
      if (message.kind === 'clear') terminal.note('The inbox was cleared.');
      if (message.kind === 'skipped') terminal.note(`${message.count} records came faster than they could be read.`);
      return;
    }
    const { receivedAt, id } = message;
    if (receivedAt < last.receivedAt || (receivedAt === last.receivedAt && id <= last.id)) return;
    last = { receivedAt, id };
    if (options.onlyNew && receivedAt < startedAt) return;
    if (!matches(message, options)) return;
    terminal.out(
      options.json ? JSON.stringify(message) : lineOf(message, { utc: options.utc, hasColors: terminal.hasColors }),
    );
  };

  let wasThere = false;
  while (!signal.aborted) {
    try {
      await follow(options.url, signal, (message) => {
        wasThere = true;
        onMessage(message);
      });
      wasThere = true;
      terminal.note('The inbox has ended; waiting for it to come back.');
    } catch (error) {
      if (signal.aborted) return;
      if (!wasThere) throw error;
    }
    await sleep(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What the stream of the inbox tells beside records. */
interface Notice {
  readonly kind: 'clear' | 'removed' | 'faults' | 'skipped';
  readonly count?: number;
}

/** A message of the inbox: a record, or something about all of them. */
export type Message = StoredRecord | Notice;

/**
 * Reads the inbox's stream until it ends.
 *
 * @throws Error when the inbox cannot be reached, or is something else.
 */
export async function follow(url: string, signal: AbortSignal, onMessage: (message: Message) => void): Promise<void> {
  const response = await fetch(`${url}/api/stream`, { signal }).catch((cause: unknown) => {
    throw signal.aborted ? cause : new Error(`No inbox answers at ${url}: start one with npm start, or say --url.`);
  });
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/event-stream') || !response.body)
    throw new Error(`What answers at ${url} is no inbox (status ${response.status}): say --url.`);
  const lines = createInterface({
    input: Readable.fromWeb(response.body as never),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) if (line.startsWith('data: ')) onMessage(JSON.parse(line.slice(6)) as Message);
}

/** Tells records from the rest. */
export function isRecord(message: Message): message is StoredRecord {
  return 'receivedAt' in message;
}

/** How a line is to look. */
interface LineOptions {
  readonly utc: boolean;
  readonly hasColors: boolean;
}

const COLORS: Readonly<Record<RecordKind, Parameters<typeof styleText>[0]>> = {
  ...{ event: 'green', profile: 'cyan', error: 'red', span: 'blue', log: 'yellow', item: 'gray', rejected: 'magenta' },
};

/** Of the vendor's libraries and of the wire, not of what happened. */
const HIDDEN = new Set(['token', 'distinct_id', 'time', 'mp_lib', 'trace_id', 'service']);
/** Of a trace id: enough to tell the traces of a screen apart. */
const TRACE_LENGTH = 8;

/** A record as one line for people: time, kind, what happened, its details, service, user and trace. */
export function lineOf(record: StoredRecord, { utc, hasColors }: LineOptions): string {
  const color = (name: Parameters<typeof styleText>[0], text: string) =>
    hasColors && text ? styleText(name, text, { validateStream: false }) : text;
  const trace = traceIdOf(record);
  const parts = [
    color('gray', clock('time' in record ? record.time : record.receivedAt, utc)),
    color(COLORS[record.kind], record.kind.padEnd(8)),
    color('bold', printable(titleOf(record))),
    color('gray', record.kind === 'event' && record.repeats ? `×${record.repeats}` : ''),
    printable(detailOf(record)),
    color('gray', printable(serviceOf(record) ?? '')),
    color('gray', printable(userOf(record) ?? '')),
    color('gray', trace ? `trace ${printable(trace.slice(0, TRACE_LENGTH))}` : ''),
  ];
  return parts.filter(Boolean).join('  ');
}

function titleOf(record: StoredRecord): string {
  if (record.kind === 'event') return record.event;
  if (record.kind === 'profile') return record.groupKey ?? 'profile';
  if (record.kind === 'error') return record.type === 'Message' ? record.value : `${record.type}: ${record.value}`;
  if (record.kind === 'span') return spanName(record);
  if (record.kind === 'log') return record.body;
  return record.kind === 'item' ? record.type : `/${record.endpoint}`;
}

function detailOf(record: StoredRecord): string {
  if (record.kind === 'event') return pairs(record.properties);
  if (record.kind === 'profile') return pairs(record.operations);
  if (record.kind === 'span')
    return [`${Math.max(0, record.durationMs).toFixed(1)} ms`, record.op, record.status].join('  ');
  if (record.kind === 'item') return `${record.bytes} bytes`;
  return record.kind === 'rejected' ? record.message : record.level;
}

function pairs(object: JsonObject): string {
  return Object.entries(object)
    .filter(([name, value]) => !HIDDEN.has(name) && (!name.startsWith('$') || typeof value === 'object'))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function clock(time: number, utc: boolean): string {
  const date = new Date(time);
  if (utc) return date.toISOString().slice(11, 23);
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = `${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  return `${two(date.getHours())}:${two(date.getMinutes())}:${seconds}`;
}

/** Values come from anyone: a control character could move the cursor, rename the window, or hide a line. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}

type Filter = Pick<TailOptions, 'kinds' | 'service' | 'user' | 'trace' | 'text'>;

/** Whether a record is wanted: all that was asked for must hold. */
export function matches(record: StoredRecord, { kinds, service, user, trace, text }: Filter): boolean {
  return (
    (kinds.length === 0 || kinds.includes(record.kind)) &&
    (service === undefined || serviceOf(record) === service) &&
    (user === undefined || userOf(record) === user) &&
    (trace === undefined || traceIdOf(record) === trace) &&
    (text === undefined || JSON.stringify(record).toLowerCase().includes(text))
  );
}

/** The user or visitor that a record is about, or the group, under the id that was sent. */
function userOf(record: StoredRecord): string | null {
  return 'distinctId' in record ? record.distinctId : sentUserOf(record);
}
