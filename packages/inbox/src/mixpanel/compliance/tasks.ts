import type { ComplianceRequest, TaskKind } from './request.ts';

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
export interface TaskOptions {
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
