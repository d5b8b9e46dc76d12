import { traceIdOf } from '../query/filters.ts';
import type { StoredRecord } from '../store/records.ts';
import type { TailOptions } from './options.ts';

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

/** The service that sent a record; the browser's events name none. */
export function serviceOf(record: StoredRecord): string | undefined {
  const named = 'service' in record ? record.service : attributesOf(record)['service'];
  return typeof named === 'string' ? named : undefined;
}

/** The user or visitor that a record is about, under the id that was sent. */
export function userOf(record: StoredRecord): string | undefined {
  if ('distinctId' in record) return record.distinctId;
  return ('userId' in record ? record.userId : null) ?? undefined;
}

function attributesOf(record: StoredRecord): Readonly<Record<string, unknown>> {
  if (record.kind === 'event') return record.properties;
  if (record.kind !== 'log') return {};
  return { service: record.attributes['service.name'] ?? record.attributes['service'] };
}
