import { plan } from '@qr/events';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Day, dayOf } from './days.ts';
import type { Scan } from './store.ts';

/** Longer names are cut: families of browsers have short ones. */
const MAX_BROWSER_LENGTH = 64;
/** How far the clock of a sender may be ahead. */
const MAX_AHEAD_MS = 86_400_000;

const { device_type, country, is_bot } = plan.events.qr_scanned.schema.properties;

const record = Compile(
  Type.Object({
    event: Type.Literal('qr_scanned', { expected: 'qr_scanned, the only event that is counted here' }),
    properties: Type.Object(
      {
        time: Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000, expected: 'milliseconds since the epoch' }),
        $insert_id: Type.String({ pattern: '^[A-Za-z0-9-]{1,36}$', expected: 'at most 36 of A-Z, a-z, 0-9 and -' }),
        // PostgreSQL stores neither NUL nor half a surrogate pair: one such text would fail the whole batch, for ever.
        distinct_id: Type.String({ pattern: '^[^\\p{Cc}\\p{Cs}]{1,255}$', expected: 'the id of a visitor' }),
        qr_id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', expected: 'the id of a code' }),
        qr_owner_id: Type.String({ pattern: '^[\\x21-\\x7e]{1,64}$', expected: 'the id of the account that owns it' }),
        browser: Type.Optional(
          Type.String({ pattern: '^[^\\p{Cc}\\p{Cs}]{1,255}$', expected: 'a name without control characters' }),
        ),
        device_type,
        country,
        is_bot,
      },
      { expected: 'an object' },
    ),
  }),
);

type ScanRecord = Static<ReturnType<(typeof record)['Type']>>;

/** What is wrong with a record. */
export interface Refusal {
  readonly field: string;
  readonly message: string;
}

export interface ScanLimits {
  /** The first day that still takes scans. */
  readonly oldestDay: Day;
  readonly now: number;
}

/** The scan that a record of `/import` tells of, or what is wrong with it. */
export function readScan(value: unknown, { oldestDay, now }: ScanLimits): Scan | Refusal {
  if (!record.Check(value)) return firstProblem(value);
  const scan = toScan(value);
  const field = 'properties.time';
  if (scan.day < oldestDay)
    return { field, message: `${field} is before ${oldestDay}: days before it are closed, so it cannot be counted` };
  if (value.properties.time > now + MAX_AHEAD_MS)
    return { field, message: `${field} is more than a day in the future: set the clock of the sender` };
  return scan;
}

function toScan({ properties }: ScanRecord): Scan {
  const { device_type: deviceType = 'unknown', is_bot: isBot = deviceType === 'bot', browser = 'unknown' } = properties;
  return {
    insertId: properties.$insert_id,
    time: new Date(properties.time).toISOString(),
    day: dayOf(properties.time),
    ownerId: properties.qr_owner_id,
    qrId: properties.qr_id,
    visitor: properties.distinct_id,
    deviceType,
    browser: [...browser].slice(0, MAX_BROWSER_LENGTH).join(''),
    country: properties.country ?? 'unknown',
    isBot,
  };
}

/** The path of the first wrong value, and what it must be, in the words of the schema. */
function firstProblem(value: unknown): Refusal {
  const [error] = record.Errors(value);
  const path = error?.instancePath.split('/').filter(Boolean) ?? [];
  const missing = error?.keyword === 'required' ? error.params.requiredProperties[0] : undefined;
  if (missing !== undefined) path.push(missing);
  const field = path.join('.');
  return { field, message: describe(field || 'a record', path) };
}

function describe(field: string, path: readonly string[]): string {
  let schema: unknown = record.Type();
  for (const name of path) schema = property(property(schema, 'properties'), name);
  const described = property(schema, 'description');
  if (described !== undefined) return `${field} is not what the tracking plan says: ${described}`;
  return `${field} must be ${property(schema, 'expected') ?? 'an object'}`;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
