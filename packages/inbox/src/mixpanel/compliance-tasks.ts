import { parseJson } from '../http/parse-json.ts';
import { isJsonObject } from '../store/records.ts';

type TaskState = 'PENDING' | 'STAGING' | 'STARTED' | 'SUCCESS' | 'REVOKED';

/** A deletion or retrieval on its way. */
export interface ComplianceTask extends ComplianceRequest {
  readonly trackingId: string;
  readonly kind: TaskKind;
  readonly token: string;
  readonly requestedAt: number;
  readonly state: TaskState;
}

type Entry = Omit<ComplianceTask, 'state'> & { state: TaskState; timer: NodeJS.Timeout };

/** How tasks are carried out. */
interface TaskOptions {
  readonly now: () => number;
  /** From the request to the start; until then a task can be cancelled. The vendor takes up to 30 days. */
  readonly delayMs: number;
  readonly carryOut: (task: ComplianceTask) => void;
}

const MAX_TASKS = 1000;

/**
 * Deletion and retrieval tasks through their states: PENDING, STAGING after half the delay, STARTED, SUCCESS; REVOKED
 * when cancelled in time.
 * @see https://docs.mixpanel.com/reference/gdpr-api
 */
export class ComplianceTasks {
  readonly #entries = new Map<string, Entry>();
  readonly #options: TaskOptions;
  #created = 0;

  constructor(options: TaskOptions) {
    this.#options = options;
  }

  create(kind: TaskKind, token: string, request: ComplianceRequest): ComplianceTask {
    const requestedAt = this.#options.now();
    this.#created += 1;
    const trackingId = String(BigInt(requestedAt) * 1_000_000n + BigInt(this.#created));
    const timer = setTimeout(() => this.#advance(trackingId, 'STAGING'), this.#options.delayMs / 2).unref();
    const entry: Entry = { ...request, trackingId, kind, token, requestedAt, state: 'PENDING', timer };
    this.#entries.set(trackingId, entry);
    this.#forgetOldest();
    return entry;
  }

  /** The task, if this project asked for it. */
  find(kind: TaskKind, token: string, trackingId: string): ComplianceTask | undefined {
    const entry = this.#entries.get(trackingId);
    return entry?.kind === kind && entry.token === token ? entry : undefined;
  }

  /** @returns false when the task has started already */
  cancel({ trackingId }: ComplianceTask): boolean {
    const entry = this.#entries.get(trackingId);
    if (entry === undefined || entry.state === 'STARTED' || entry.state === 'SUCCESS') return false;
    clearTimeout(entry.timer);
    entry.state = 'REVOKED';
    return true;
  }

  close(): void {
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
  }

  #advance(trackingId: string, state: 'STAGING' | 'STARTED'): void {
    const entry = this.#entries.get(trackingId);
    if (entry === undefined) return;
    entry.state = state;
    if (state === 'STAGING') {
      entry.timer = setTimeout(() => this.#advance(trackingId, 'STARTED'), this.#options.delayMs / 2).unref();
      return;
    }
    this.#options.carryOut(entry);
    entry.state = 'SUCCESS';
  }

  #forgetOldest(): void {
    if (this.#entries.size <= MAX_TASKS) return;
    for (const [trackingId, { timer }] of this.#entries) {
      clearTimeout(timer);
      this.#entries.delete(trackingId);
      return;
    }
  }
}

export type TaskKind = 'deletion' | 'retrieval';

/** What a task is asked to do. */
interface ComplianceRequest {
  readonly distinctIds: readonly string[];
  readonly complianceType: 'GDPR' | 'CCPA';
  readonly disclosureType: 'DATA' | 'CATEGORIES' | 'SOURCES';
}

const MAX_IDS: Readonly<Record<TaskKind, number>> = { deletion: 1999, retrieval: 2000 };

/** Reads the body of a new task, or says what is wrong with it. */
export function parseComplianceRequest(body: Buffer, kind: TaskKind): ComplianceRequest | string {
  const value = readJson(body);
  if (!isJsonObject(value)) return 'the body must be a JSON object';
  const { distinct_ids: distinctIds, compliance_type: compliance, disclosure_type: disclosure } = value;
  if (!isListOfTexts(distinctIds) || distinctIds.length === 0)
    return 'distinct_ids must be a non-empty list of strings';
  if (distinctIds.length > MAX_IDS[kind]) return `distinct_ids must hold at most ${MAX_IDS[kind]} ids`;
  const complianceType = oneOf(['GDPR', 'CCPA'] as const, compliance ?? 'GDPR');
  if (complianceType === undefined) return 'compliance_type must be GDPR or CCPA';
  const disclosureType = oneOf(['DATA', 'CATEGORIES', 'SOURCES'] as const, disclosure ?? 'DATA');
  if (disclosureType === undefined) return 'disclosure_type must be Data, Categories or Sources';
  return { distinctIds, complianceType, disclosureType };
}

function readJson(body: Buffer): unknown {
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word | undefined {
  return words.find((word) => typeof value === 'string' && word === value.toUpperCase());
}
