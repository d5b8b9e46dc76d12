import { requireServiceToken, type Server } from '@qr/common';
import type { AppContext } from '../app.ts';
import { addDays, dayOf } from '../days.ts';
import { MAX_BODY_BYTES, readRecords } from '../import-body.ts';
import { type Refusal, readScan } from '../scan-record.ts';
import { importQuery } from '../schemas.ts';
import type { Scan } from '../store.ts';

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
