import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError, requireServiceToken, type Server } from '@qr/common/server';
import { plan } from '@qr/events';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { AppContext } from '../app.ts';
import { addDays, type Day, dayOf } from '../days.ts';
import { importQuery } from '../schemas.ts';
import type { Scan } from '../store.ts';

/** Of a request, compressed or not: what senders keep to. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_RECORDS = 2000;

const gunzipAsync = promisify(gunzip);

/** One record that was not taken, in the vendor's form. */
interface FailedRecord extends Refusal {
  readonly index: number;
  readonly insert_id: string;
}

/**
 * `POST /import` takes scans from other services as Mixpanel does: a batch that comes again counts once, and of one with bad records the good
 * ones are stored.
 */
export function addImportRoute(app: Server, { store, serviceToken, retentionDays, now }: AppContext): void {
  void app.register(async (scope) => {
    // As bytes, whatever they are called: they are inflated here, within limits.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

    const options = {
      schema: { querystring: importQuery, hide: true },
      onRequest: requireServiceToken(serviceToken),
      bodyLimit: MAX_BODY_BYTES,
    };
    scope.post('/import', options, async (request, reply) => {
      const records = await readRecords(request.body, request.headers['content-encoding']);
      if (typeof records === 'string') return reply.code(400).send(badRequest(records));

      const { scans, failed } = sort(records, { oldestDay: await oldestDay(), now: now() });
      if (scans.length > 0) await store.insertScans(scans);
      // Scans that were there already are taken, too: to the sender they are delivered.
      const imported = { num_records_imported: scans.length };
      if (failed.length === 0) return { code: 200, ...imported, status: 'OK' };
      const answer = badRequest('some data points in the request failed validation');
      return reply.code(400).send({ ...answer, ...imported, failed_records: failed });
    });
  });

  /** Earlier days may be without their scans: whether one is a copy could not be told. The setting may have been a smaller one before. */
  async function oldestDay(): Promise<string> {
    const retained = addDays(dayOf(now()), -retentionDays);
    const keptFrom = await store.keptFrom();
    if (keptFrom > retained) return keptFrom;
    return retained;
  }
}

function sort(records: readonly unknown[], limits: Parameters<typeof readScan>[1]) {
  const scans: Scan[] = [];
  const failed: FailedRecord[] = [];
  for (const [index, record] of records.entries()) {
    const scan = readScan(record, limits);
    if ('field' in scan) failed.push({ index, insert_id: insertIdOf(record), ...scan });
    else scans.push(scan);
  }
  return { scans, failed };
}

function insertIdOf(record: unknown): string {
  const { properties } = (record ?? {}) as { properties?: { $insert_id?: unknown } | null };
  const id = properties?.$insert_id;
  return typeof id === 'string' ? id.slice(0, 36) : '';
}

function badRequest(error: string) {
  return { code: 400, error, status: 'Bad Request' };
}

/**
 * The records of a request to `/import`, gzipped or not.
 *
 * @returns a sentence when it holds none.
 * @throws AppError 413 beyond the limits, which a sender answers with two halves; 415 for another encoding.
 */
async function readRecords(body: unknown, encoding: string | undefined): Promise<readonly unknown[] | string> {
  if (!Buffer.isBuffer(body) || body.length === 0) return 'The body is empty: send a JSON array of events.';
  const inflated = await inflate(body, encoding);
  if (inflated === undefined) return 'The body is not gzip, although its content-encoding says so.';
  const records = parse(inflated.toString());
  if (!Array.isArray(records)) return 'The body is not a JSON array of events.';
  if (records.length > MAX_RECORDS) throw tooLarge(`${MAX_RECORDS} records`);
  return records;
}

/** Never more than the limit in memory, as a small body may inflate a thousandfold; `undefined` when it is damaged. */
async function inflate(body: Buffer, encoding = 'identity'): Promise<Buffer | undefined> {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity') return body;
  if (name !== 'gzip')
    throw new AppError({
      statusCode: 415,
      code: 'wrong_encoding',
      message: `Expected the content-encoding gzip or none, got ${name}.`,
    });
  try {
    return await gunzipAsync(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(`${MAX_BODY_BYTES} bytes inflated`);
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tooLarge(limit: string): AppError {
  return new AppError({ statusCode: 413, code: 'too_large', message: `At most ${limit} a request: send it in parts.` });
}

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
interface Refusal {
  readonly field: string;
  readonly message: string;
}

interface ScanLimits {
  /** The first day that still takes scans. */
  readonly oldestDay: Day;
  readonly now: number;
}

/** The scan that a record of `/import` tells of, or what is wrong with it. */
function readScan(value: unknown, { oldestDay, now }: ScanLimits): Scan | Refusal {
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
