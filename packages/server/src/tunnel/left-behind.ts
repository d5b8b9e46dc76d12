import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createPipeline, type DropReason, type Pipeline } from '@qr/delivery';
import {
  createMixpanelHttpTransport,
  createSentryHttpTransport,
  type Internals,
  type LaneName,
  lanes,
  PAGES_FOLDER,
  personIdsOf,
} from '@qr/telemetry/internal';
import { isForeignError } from '@qr/telemetry/privacy';
import { AppError } from '../app-error.ts';
import type { ClientContexts, ReadClient } from '../visitor/user-agent.ts';
import { createKeptShare, type ErrorAllowance } from './address-limits.ts';
import { envelopesOf } from './left-errors.ts';
import {
  type ErrorReport,
  type EventReport,
  isErrorReport,
  isEventReport,
  mixpanelCallsOf,
  type SentryCall,
  sentryCallsOf,
} from './left-report.ts';
import type { MixpanelTarget } from './mixpanel-request.ts';
import type { PagePlan } from './page-plan.ts';
import { type LeftRecord, leftRecordsOf } from './page-records.ts';
import { readTarget, type SentryTarget } from './sentry-request.ts';

/** A batch of these is sealed after so long. */
const FLUSH_INTERVAL_MS = 1000;
/** Some thousand pages that were left while both vendors were away. */
const MAX_SPOOL_BYTES = 32 * 1024 * 1024;
/** Processor time that one report may take in all, and at a stretch before other requests have their turn. */
const MAX_WORK_MS = 20;
const MAX_STRETCH_MS = 4;

interface LeftBehindOptions {
  readonly telemetry: Internals;
  readonly plan: PagePlan;
  readonly sentry: SentryTarget | undefined;
  readonly mixpanel: MixpanelTarget | undefined;
  /** That of the whole process. `undefined`: in memory only. */
  readonly spoolRoot: string | undefined;
  readonly allowance: ErrorAllowance;
  readonly readClient: ReadClient;
}

/** Takes what pages left behind. */
export interface LeftBehind {
  /**
   * Queues the calls of a report for delivery. Calls that are malformed, unplanned or beyond a limit are counted and left out.
   *
   * @param address of the page's visitor, who has a share of what is kept.
   * @param userAgent of the page's browser.
   * @throws AppError for anything that no page of this platform has written.
   */
  accept(body: Buffer, address: string, userAgent?: string): Promise<void>;
  /** Counts records of pages that went another way and were refused there. */
  drop(lane: LaneName, reason: DropReason, records: number): void;
  close(): Promise<void>;
}

/**
 * The other half of `@qr/browser`'s queues: a page that is left before an SDK was there hands over its calls as they were made, with a beacon, whose
 * answer nobody reads. Here they become what the SDK would have sent, filtered by the plan and scrubbed, and are delivered like everything of a
 * service: kept on disk until the vendor has them.
 */
export function createLeftBehind(options: LeftBehindOptions): LeftBehind {
  const { telemetry, plan, sentry, mixpanel, allowance, readClient } = options;
  const pipeline = openPipeline(options);
  telemetry.addPagePipeline(pipeline);
  const share = createKeptShare({
    maxBytes: MAX_SPOOL_BYTES,
    oldestAgeMs: () => Math.max(0, ...Object.values(pipeline.stats()).map((lane) => lane?.oldestAgeMs ?? 0)),
  });

  const keep = ({ lane, json }: Outgoing, address: string) => {
    if (share.take(address, Buffer.byteLength(json))) pipeline.push(lane, json);
    else pipeline.drop(lane, 'over_share');
  };

  async function acceptErrors(report: ErrorReport, address: string, client: ClientContexts): Promise<void> {
    const { calls: all, refused, excess, dropped } = sentryCallsOf(report);
    const calls = all.filter((call) => !isForeign(call));
    // Before anything is done for an error that will not be sent.
    const affordable = calls.filter(({ kind }) => kind !== 'exception' || allowance.take(address));
    const errors = affordable.filter(({ kind }) => kind === 'exception').length;
    pipeline.drop('sentry', 'refused', refused);
    pipeline.drop('sentry', 'over_limit', excess);
    pipeline.drop('sentry', 'over_budget', calls.length - affordable.length);
    pipeline.drop('sentry', 'dropped_by_page', dropped + all.length - calls.length);
    if (errors === 0) return;
    const envelopes = envelopesOf(report, affordable, client, telemetry.errors.gate());
    const kept = await inShortTurns(envelopes, (json) => keep({ lane: 'sentry', json }, address));
    pipeline.drop('sentry', 'over_limit', errors - kept);
  }

  async function acceptEvents(report: EventReport, address: string): Promise<void> {
    const { calls, refused, excess, dropped } = mixpanelCallsOf(report);
    pipeline.drop('import', 'refused', refused);
    pipeline.drop('import', 'over_limit', excess);
    pipeline.drop('import', 'dropped_by_page', dropped);
    const done = await inShortTurns(leftRecordsOf(report, calls, plan), (record) => {
      if (record === 'refused') pipeline.drop('import', 'refused');
      else if (record !== 'none') keep(record, address);
    });
    pipeline.drop('import', 'over_limit', calls.length - done);
  }

  return {
    async accept(body, address, userAgent) {
      const report = parse(body);
      if (isErrorReport(report)) {
        if (report.dsn !== sentry?.dsn) throw foreign('DSN');
        await acceptErrors(report, address, readClient(userAgent));
      } else if (isEventReport(report)) {
        if (report.token !== mixpanel?.token) throw foreign('project token');
        await acceptEvents(report, address);
      } else {
        throw new AppError({
          code: 'malformed',
          message: 'Expected the calls that a page of this platform has queued.',
        });
      }
    },
    drop: pipeline.drop,
    async close() {
      telemetry.removePagePipeline(pipeline);
      await pipeline.close(FLUSH_INTERVAL_MS);
    },
  };
}

/** Whether a call is an error that is not the page's. The page's SDK, where there is one, drops the same. */
function isForeign(call: SentryCall): boolean {
  if (call.kind !== 'exception') return false;
  const { filename } = call.location ?? {};
  return isForeignError(call.facts, typeof filename === 'string' ? filename : '');
}

type Outgoing = LeftRecord | { readonly lane: 'sentry'; readonly json: string };

/**
 * Works through what a generator makes, and lets other requests have their turn meanwhile. After at least one item, it stops when it has taken more
 * processor time than an honest report takes.
 *
 * @returns how many items were made; `undefined` is work, but no item.
 */
async function inShortTurns<T>(source: Generator<T | undefined>, act: (item: T) => void): Promise<number> {
  let made = 0;
  let spentMs = 0;
  let startedAt = processorMs();
  for (const item of source) {
    if (item !== undefined) {
      act(item);
      made++;
    }
    const stretchMs = processorMs() - startedAt;
    if (made > 0 && spentMs + stretchMs > MAX_WORK_MS) break;
    if (stretchMs < MAX_STRETCH_MS) continue;
    spentMs += stretchMs;
    await nextTurn();
    startedAt = processorMs();
  }
  return made;
}

/** Not the time of day, which runs on while a busy machine does something else. Before Node 23.9 it includes what the other threads do. */
function processorMs(): number {
  const { threadCpuUsage = () => process.cpuUsage() } = process as {
    readonly threadCpuUsage?: typeof process.cpuUsage;
  };
  const { user, system } = threadCpuUsage.call(process);
  return (user + system) / 1000;
}

function openPipeline(options: LeftBehindOptions): Pipeline<LaneName> {
  const { plan, sentry, mixpanel, spoolRoot } = options;
  const { warnOnce: warn, people } = options.telemetry.core;
  const toMixpanel = mixpanel && createMixpanelHttpTransport({ ...mixpanel, warn });
  return createPipeline<LaneName>({
    lanes,
    transports: {
      ...(toMixpanel && { import: toMixpanel, engage: toMixpanel }),
      ...(sentry && { sentry: createSentryHttpTransport({ url: readTarget(sentry).url, warn }) }),
    },
    spoolRoot: spoolRoot && join(spoolRoot, PAGES_FOLDER),
    maxSpoolBytes: MAX_SPOOL_BYTES,
    flushIntervalMs: FLUSH_INTERVAL_MS,
    personIds: personIdsOf(plan.personKeys, people),
    warn,
  });
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
