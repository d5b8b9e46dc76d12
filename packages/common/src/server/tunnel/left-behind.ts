import { join } from 'node:path';
import { personKeys, plan } from '@qr/events';
import { getEnvelopeEndpointWithUrlEncodedAuth, makeDsn } from '@sentry/core';
import { pagePipelines } from '../../delivery/page-pipelines.ts';
import { createPipeline, type Pipeline } from '../../delivery/pipeline.ts';
import { createMixpanelHttpTransport } from '../../delivery/transports/mixpanel-http.ts';
import { createSentryHttpTransport } from '../../delivery/transports/sentry-http.ts';
import { PAGES_FOLDER } from '../../spool-root.ts';
import { warnOnce } from '../../warn-once.ts';
import { AppError } from '../app-error.ts';
import { envelopesOf } from './left-errors.ts';
import { recordsOf } from './left-events.ts';
import { isErrorReport, isEventReport } from './left-report.ts';
import type { MixpanelTarget } from './mixpanel-request.ts';
import type { SentryTarget } from './sentry-request.ts';

/** A batch of these is sealed after so long. */
const FLUSH_INTERVAL_MS = 1000;
/** Some thousand pages that were left while both vendors were away. */
const MAX_SPOOL_BYTES = 32 * 1024 * 1024;

/** What {@link createLeftBehind} takes. */
interface LeftBehindOptions {
  readonly sentry: SentryTarget | undefined;
  readonly mixpanel: MixpanelTarget | undefined;
  /** That of the whole process. `undefined`: in memory only. */
  readonly spoolRoot: string | undefined;
}

/** Takes what pages left behind. */
export interface LeftBehind {
  /** @throws AppError for anything that no page of this platform has written. */
  accept(body: Buffer): void;
  close(): Promise<void>;
}

/**
 * The other half of `@qr/browser`'s queues: a page that is left before an SDK was there hands over its calls as they were made, with a beacon, whose
 * answer nobody reads. Here they become what the SDK would have sent, filtered by the plan and scrubbed, and are delivered like everything of a
 * service: kept on disk until the vendor has them.
 */
export function createLeftBehind({ sentry, mixpanel, spoolRoot }: LeftBehindOptions): LeftBehind {
  const pipeline = openPipeline({ sentry, mixpanel, spoolRoot });
  pagePipelines.add(pipeline);
  return {
    accept(body) {
      const report = parse(body);
      if (isErrorReport(report)) {
        if (report.dsn !== sentry?.dsn) throw foreign('DSN');
        for (const envelope of envelopesOf(report)) pipeline.push('sentry', envelope);
      } else if (isEventReport(report)) {
        if (report.token !== mixpanel?.token) throw foreign('project token');
        for (const { lane, json } of recordsOf(report)) pipeline.push(lane, json);
      } else {
        throw new AppError({
          code: 'malformed',
          message: 'Expected the calls that a page of this platform has queued.',
        });
      }
    },
    async close() {
      pagePipelines.delete(pipeline);
      await pipeline.close(FLUSH_INTERVAL_MS);
    },
  };
}

function openPipeline({ sentry, mixpanel, spoolRoot }: LeftBehindOptions): Pipeline {
  const toMixpanel = mixpanel && createMixpanelHttpTransport(mixpanel);
  return createPipeline({
    transports: {
      ...(toMixpanel && { import: toMixpanel, engage: toMixpanel }),
      ...(sentry && { sentry: createSentryHttpTransport({ url: endpointOf(sentry) }) }),
    },
    spoolRoot: spoolRoot && join(spoolRoot, PAGES_FOLDER),
    maxSpoolBytes: MAX_SPOOL_BYTES,
    flushIntervalMs: FLUSH_INTERVAL_MS,
    personFields: personKeys(plan),
    warn: warnOnce,
  });
}

function endpointOf({ dsn }: SentryTarget): string {
  const components = makeDsn(dsn);
  if (!components) throw new Error('The option sentry.dsn of the tunnel expects a DSN such as https://key@host/42.');
  return getEnvelopeEndpointWithUrlEncodedAuth(components);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AppError({ code: 'malformed', message: 'Expected JSON.' });
  }
}

function foreign(what: string): AppError {
  return new AppError({
    statusCode: 403,
    code: 'foreign_report',
    message: `What was left behind does not carry the ${what} of this platform.`,
  });
}
