import type { ReactElement } from 'react';
import { serviceOf, traceIdOf } from '../../../src/query/records.ts';
import { spanName } from '../../../src/query/spans.ts';
import type { JsonObject, Placement, RecordKind, RecordOf, StoredRecord } from '../../../src/store/records.ts';
import { durationText, valueText } from './format.ts';
import { issueHref, Link, recordHref } from './location.tsx';
import { Badge, Time } from './parts.tsx';

/** A record in one line. Values come from anyone: they are text, never markup. */
export interface Description {
  readonly title: string;
  readonly about: string;
}

const DESCRIBE: { readonly [Kind in RecordKind]: (record: RecordOf<Kind>) => Description } = {
  event: (record) => ({ title: record.event, about: joined(serviceOf(record), summary(record.properties)) }),
  profile: ({ operations, groupKey, distinctId }) => ({
    title: groupKey === null ? distinctId : `${groupKey} ${distinctId}`,
    about: summary(operations),
  }),
  error: ({ type, value, service, level }) => ({
    title: type === 'Message' ? value : `${type}: ${value}`,
    about: joined(service, level === 'error' ? null : level),
  }),
  span: ({ durationMs, op, service, status, ...span }) => ({
    title: spanName({ ...span, op }),
    about: joined(durationText(durationMs), op, service, status === 'ok' ? null : status),
  }),
  log: ({ body, level }) => ({ title: body, about: level }),
  item: ({ type, bytes }) => ({ title: type, about: `${bytes} bytes` }),
  rejected: ({ endpoint, message, record }) => ({ title: nameIn(record) ?? `/${endpoint}`, about: message }),
};

export function describe<Kind extends RecordKind>(record: RecordOf<Kind>): Description {
  // The table has for each kind the function that takes records of it.
  const describeKind = DESCRIBE[record.kind] as (record: RecordOf<Kind>) => Description;
  return describeKind(record);
}

/** The trace that a record belongs to. */
export function traceOf(record: StoredRecord): string | null {
  return traceIdOf(record) || null;
}

/** When it happened, or failing that, when it arrived. */
export function timeOf(record: StoredRecord): number {
  return 'time' in record ? record.time : record.receivedAt;
}

/** What is the same in most events, or shown elsewhere in a row. */
const HIDDEN = new Set([
  ...['token', 'distinct_id', 'time', 'ip', 'mp_lib', 'trace_id', 'service', 'environment', 'release'],
]);

function summary(object: JsonObject): string {
  return Object.entries(object)
    .filter(([name, value]) => !HIDDEN.has(name) && !(name.startsWith('$') && typeof value !== 'object'))
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join('  ');
}

function joined(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('  ');
}

function nameIn(record: unknown): string | null {
  return typeof record === 'object' && record !== null && 'event' in record ? textOf(record.event) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** One record in one line; an error leads to its issue, all else to its detail. */
export function RecordLink({ record }: { readonly record: StoredRecord }): ReactElement {
  const { title, about } = describe(record);
  const href = record.kind === 'error' ? issueHref(record.issueId, record.eventId) : recordHref(record.id);
  return (
    <Link className={`line ${record.kind}`} href={href}>
      <Time at={timeOf(record)} form="clock" />
      <Badge kind={record.kind} />
      <strong className="title">{title}</strong>
      <span className="about">{about}</span>
    </Link>
  );
}

/** Where the vendor would place a record, in words. */
export function placementText(placement: Placement): string {
  switch (placement.by) {
    case 'sender':
      return `${placement.place}, set by the sender`;
    case 'coordinates':
      return `near ${placement.place}, set by the sender`;
    case 'ip':
      return `from the address ${placement.address}, set by the sender`;
    case 'request':
      return `from the sender's address ${placement.address}${placement.isServer ? ", which is your server's" : ''}`;
    case 'nothing':
      return `not located (${placement.reason})`;
  }
}
