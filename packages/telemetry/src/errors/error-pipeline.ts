import { join } from 'node:path';
import { createPipeline, type DropReason, type Pipeline } from '@qr/delivery';
import { type LaneName, lanes } from '../destinations/lanes.ts';
import { personIdsOf } from '../destinations/person-ids.ts';
import { createSentryHttpTransport } from '../destinations/sentry-http.ts';
import { core } from '../instance.ts';
import { ERRORS_FOLDER } from '../settings/spool-root.ts';
import type { TransportOptions } from './direct-transport.ts';

/** Some ten thousand errors. Each is a file of its own, and a record of it in memory. */
const MAX_SPOOL_BYTES = 32 * 1024 * 1024;
/** Nothing is gathered into batches. */
const FLUSH_INTERVAL_MS = 60_000;

/** What {@link createErrorPipeline} takes. */
interface ErrorPipelineOptions {
  readonly sdk: Pick<TransportOptions, 'url' | 'headers' | 'recordDroppedEvent'>;
  /** That of the whole process; errors have a folder of their own in it. `undefined`: in memory only. */
  readonly spoolRoot: string | undefined;
  /** Of the whole process. @default 256 MiB */
  readonly maxSpoolBytes: number | undefined;
}

/** The delivery of errors: on its own, for error tracking may be on while analytics are off. */
export function createErrorPipeline({ sdk, spoolRoot, maxSpoolBytes }: ErrorPipelineOptions): Pipeline<LaneName> {
  const { url, headers, recordDroppedEvent } = sdk;
  return createPipeline<LaneName>({
    lanes,
    transports: { sentry: createSentryHttpTransport({ url, ...(headers && { headers }) }) },
    spoolRoot: spoolRoot && join(spoolRoot, ERRORS_FOLDER),
    maxSpoolBytes: Math.min(MAX_SPOOL_BYTES, maxSpoolBytes ?? MAX_SPOOL_BYTES),
    flushIntervalMs: FLUSH_INTERVAL_MS,
    personIds: personIdsOf([]),
    warn: core.warnOnce,
    onDrop: (reason, count) => {
      const reported = reportedReason[reason];
      if (reported) recordDroppedEvent(reported, 'error', count);
    },
  });
}

/** Under which reason Sentry hears of a loss, in the next client report of the SDK. */
const reportedReason: Partial<Record<DropReason, Parameters<TransportOptions['recordDroppedEvent']>[0]>> = {
  rejected: 'send_error',
  too_large: 'send_error',
  spool_overflow: 'queue_overflow',
  memory_overflow: 'queue_overflow',
  not_initialized: 'queue_overflow',
  torn: 'internal_sdk_error',
};
