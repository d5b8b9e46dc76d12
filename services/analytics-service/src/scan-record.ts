import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { type Day, dayOf } from './days.ts';
import type { Scan } from './store.ts';

/** Longer names are cut: families of browsers have short ones. */
const MAX_BROWSER_LENGTH = 64;
/** How far the clock of a sender may be ahead. */
const MAX_AHEAD_MS = 86_400_000;

const deviceTypes = ['mobile', 'tablet', 'desktop', 'bot', 'unknown'] as const;

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
        device_type: Type.Optional(Type.Enum(deviceTypes, { expected: `one of ${deviceTypes.join(', ')}` })),
        browser: Type.Optional(
          Type.String({ pattern: '^[^\\p{Cc}\\p{Cs}]{1,255}$', expected: 'a name without control characters' }),
        ),
        country: Type.Optional(
          Type.String({ pattern: '^([A-Z]{2}|unknown)$', expected: 'ISO 3166-1 alpha-2, or unknown' }),
        ),
        is_bot: Type.Optional(Type.Boolean({ expected: 'true or false' })),
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

/** What {@link readScan} takes beside the record. */
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
  const { device_type = 'unknown', is_bot = device_type === 'bot', browser = 'unknown' } = properties;
  return {
    insertId: properties.$insert_id,
    time: new Date(properties.time).toISOString(),
    day: dayOf(properties.time),
    ownerId: properties.qr_owner_id,
    qrId: properties.qr_id,
    visitor: properties.distinct_id,
    deviceType: device_type,
    browser: [...browser].slice(0, MAX_BROWSER_LENGTH).join(''),
    country: properties.country ?? 'unknown',
    isBot: is_bot,
  };
}

/** The path of the first wrong value, and what it must be, in the words of the schema. */
function firstProblem(value: unknown): Refusal {
  const [error] = record.Errors(value);
  const path = error?.instancePath.split('/').filter(Boolean) ?? [];
  const missing = error?.keyword === 'required' ? error.params.requiredProperties[0] : undefined;
  if (missing !== undefined) path.push(missing);
  const field = path.join('.');
  return { field, message: `${field || 'a record'} must be ${expectedAt(path)}` };
}

function expectedAt(path: readonly string[]): string {
  let schema: unknown = record.Type();
  for (const name of path) schema = property(property(schema, 'properties'), name);
  return String(property(schema, 'expected') ?? 'an object');
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
