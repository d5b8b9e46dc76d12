import { toLines } from './body.ts';
import type { LaneContext } from './lane.ts';
import { RECALLED, type Reply, type SealedBatch, type Transport } from './lanes.ts';
import type { OrderGuard } from './order-guard.ts';
import type { Rejections } from './rejections.ts';
import {
  type Decision,
  decide,
  describeReply,
  isSuspect,
  LETS_OTHERS_GO_FIRST,
  ownDelayMs,
  remedyFor,
  STAND_BACK_MS,
} from './retry-policy.ts';
import type { StoredBatch } from './spool/batch.ts';
import { CorruptedFileError, isMissing } from './spool/files.ts';

/** Transient failures in a row before a warning: a receiver may be restarted. */
const FAILURES_BEFORE_WARNING = 3;
/** A receiver that is down is not asked more often than this between two waits. */
const MAX_PROBES = 3;
const RATE_LIMITED = 429;
/** Delay before a batch is read again whose file the disk did not give. */
const UNREADABLE_DELAY_MS = 1000;
/** A reply that took longer says nothing of the time. */
const MAX_CLOCK_ROUND_TRIP_MS = 30_000;
/** A difference of clocks below this is the resolution of the `Date` header and the way of the reply. */
const MIN_OFFSET_MS = 60_000;

interface SenderOptions extends LaneContext {
  readonly transport: Transport;
  readonly rejections: Rejections;
  /** In a lane that keeps the order of a person's records. */
  readonly guard: OrderGuard | undefined;
  readonly clock: ReceiverClock;
  readonly random: () => number;
}

/**
 * Decides when the batches of one lane are sent: in their order, and again after the wait that the retry policy asks for. Backs off for the lane as
 * a whole: a receiver that is down gets one request at a time, not one for each batch. A batch that fails alone does not hold up the others.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #inFlight = new Set<StoredBatch>();
  /** Failures in a row of the lane. */
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Until the first batch that waits by itself; others do not wait with it. */
  #ownTimer: NodeJS.Timeout | undefined;
  /** Until when the receiver asked us to wait, in milliseconds since the epoch. */
  #askedUntil = 0;
  /** When the receiver last took a batch, in milliseconds since the epoch. */
  #deliveredAt = Number.NEGATIVE_INFINITY;
  #isChoosing = false;
  #settledListeners: (() => void)[] = [];
  #hasWarned = false;
  /** Splits of batches that were kept, since something was delivered last. */
  #blindSplits = 0;
  /** Suspects that failed one right after another. */
  #probes = 0;
  /** Delay before the guard is asked again, if not the usual one. */
  #nextLookMs: number | undefined;
  #isClosed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get inFlight(): ReadonlySet<StoredBatch> {
    return this.#inFlight;
  }

  /** Looks whether there is something to send. */
  wake(): void {
    if (this.#options.guard) void this.#sendInOrder(this.#options.guard);
    else this.#sendNext();
    if (this.#isResting()) this.#notifySettled();
  }

  /** Sends at once what waits for a retry, unless the receiver asked for the wait. */
  hurry(): void {
    if (this.#timer && this.#options.now() >= this.#askedUntil) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    this.wake();
  }

  /** Resolves when nothing is left, or when what is left waits for a retry: that wait is not worth a caller's time. */
  settled(): Promise<void> {
    if (this.#isClosed || this.#isResting()) return Promise.resolve();
    return new Promise((resolve) => this.#settledListeners.push(resolve));
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#ownTimer);
    this.#notifySettled();
  }

  #sendNext(): void {
    const { lane, transport, backlog, now } = this.#options;
    // After a failure one batch finds out whether the receiver is back.
    const limit = this.#attempt > 0 ? 1 : (transport.maxInFlight ?? 1);
    while (!this.#timer && !this.#isClosed && this.#inFlight.size < limit) {
      const batch = backlog.take(lane, now());
      if (!batch) break;
      this.#inFlight.add(batch);
      void this.#send(batch);
    }
    this.#waitForOwnRetries();
  }

  /** One at a time: the next one that no older batch of the same people can still precede. */
  async #sendInOrder(guard: OrderGuard): Promise<void> {
    if (this.#timer || this.#isClosed || this.#isChoosing || this.#inFlight.size > 0) return;
    if (this.#options.backlog.length(this.#options.lane) === 0) return;
    this.#isChoosing = true;
    let batch: StoredBatch | undefined;
    try {
      batch = await guard.next();
    } catch (error) {
      // Nobody waits for this promise: its rejection would end the process.
      this.#options.counters.lastError = String(error);
    } finally {
      this.#isChoosing = false;
    }
    const nextLookMs = this.#nextLookMs ?? guard.retryMs;
    this.#nextLookMs = undefined;
    if (batch) {
      this.#inFlight.add(batch);
      void this.#send(batch);
    } else if (this.#options.backlog.length(this.#options.lane) > 0 && !this.#isClosed && !this.#timer) {
      // Another process has something older of the same people, or a batch waits for its own retry.
      this.#setTimer(nextLookMs, false);
    }
    if (this.#isResting()) this.#notifySettled();
  }

  async #send(taken: StoredBatch): Promise<void> {
    const { lane, definition, transport, counters, clock, now, random } = this.#options;
    const loaded = await this.#load(taken);
    if (!loaded) return;
    const { stored, batch } = loaded;
    try {
      const sentAt = now();
      // A transport must not throw; one that does is treated like a dead network, for the batch must not be lost.
      const reply = await transport
        .send(lane, definition.format === 'ndjson' ? { ...batch, body: await toLines(batch.body) } : batch)
        .catch((error: unknown): Reply => ({ networkError: String(error) }));
      const { records } = batch;
      const decision = decide({
        readReply: definition.readReply,
        retry: definition.retry,
        records,
        reply,
        attempt: this.#attempt,
        now: now(),
        random: random(),
      });
      if (decision.action !== 'delivered') counters.lastError = describeReply(reply);
      if (isGenuine(decision)) clock.read(reply, sentAt, now());
      await this.#apply(decision, stored, batch, reply);
    } catch (error) {
      // Nobody waits for this promise: its rejection would end the process. The disk did not take the halves of a batch, most likely.
      counters.lastError = String(error);
      stored.failures++;
      this.#keep(stored, UNREADABLE_DELAY_MS * (1 + 5 * random()), false);
    }
  }

  /** Reads a batch, without the people who were erased since it was sealed; `undefined` when there is nothing to send. */
  async #load(taken: StoredBatch): Promise<{ stored: StoredBatch; batch: SealedBatch } | undefined> {
    const { spool, store, erasure, counters } = this.#options;
    let stored = taken;
    try {
      await erasure.list.refresh();
      spool.checkOwnership();
      const rest = await store.withoutErased(stored);
      if (rest) {
        this.#inFlight.delete(stored);
        stored = rest;
        this.#inFlight.add(stored);
        const batch = await stored.load();
        // Adopted by another process while it was read: that one sends it.
        if (!this.#isForeign(stored)) return { stored, batch };
      }
    } catch (error) {
      if (error instanceof CorruptedFileError) await store.setAside(stored, error);
      else if (!isMissing(error)) {
        // The disk does not give it now: no permission, no file descriptor. It is still there.
        counters.lastError = String(error);
        this.#keepUnreadable(stored);
        return undefined;
      } else if (!this.#isForeign(stored)) counters.drop('torn', stored.records);
    }
    this.#inFlight.delete(stored);
    this.wake();
    return undefined;
  }

  #isForeign({ file }: StoredBatch): boolean {
    return file !== undefined && this.#options.spool.isForeign(file.folder);
  }

  async #apply(decision: Decision, stored: StoredBatch, batch: SealedBatch, reply: Reply): Promise<void> {
    const { backlog, counters, store, rejections } = this.#options;
    switch (decision.action) {
      case 'delivered':
        counters.delivered += batch.records;
        break;
      case 'reject':
        counters.delivered +=
          batch.records - (await rejections.reject(stored, batch, describeReply(reply), decision.refusals));
        break;
      case 'split': {
        const halves = await rejections.split(stored, batch, decision.reason, decision.isTooLarge);
        if (halves.length === 0) break;
        // They have taken its place on disk as well.
        for (const half of halves) backlog.putBack(half);
        return this.#answered(stored);
      }
      case 'retry':
        return this.#retry(decision, stored, batch, reply);
    }
    store.remove(stored);
    return this.#answered(stored);
  }

  /** The receiver has said something about this batch, so it is up. */
  async #answered(stored: StoredBatch): Promise<void> {
    this.#deliveredAt = this.#options.now();
    this.#blindSplits = 0;
    await this.#rejectOvertaken(stored);
    this.#inFlight.delete(stored);
    this.#attempt = 0;
    this.#hasWarned = false;
    this.wake();
  }

  /** Rejects older records of the same people that were kept time and again: sent now, they would overwrite what was just delivered. */
  async #rejectOvertaken(stored: StoredBatch): Promise<void> {
    const { guard, backlog, now } = this.#options;
    if (!guard) return;
    for (const culprit of await guard.suspectsBefore(stored)) {
      if (!isSuspect(culprit, now()) || !backlog.remove(culprit)) continue;
      const loaded = await culprit.load().catch(() => undefined);
      if (loaded) await this.#giveUp(culprit, loaded);
      else backlog.putBack(culprit);
    }
  }

  async #retry(
    { delayMs, isAsked, needsAttention }: Extract<Decision, { readonly action: 'retry' }>,
    stored: StoredBatch,
    batch: SealedBatch,
    reply: Reply,
  ): Promise<void> {
    const { now, guard } = this.#options;
    if ('networkError' in reply && reply.networkError === RECALLED) return this.#keepAside(stored);
    if ('networkError' in reply) {
      if (this.#attempt + 1 >= FAILURES_BEFORE_WARNING) this.#warnKept(reply);
      return this.#keep(stored, delayMs, isAsked);
    }
    stored.failures++;
    stored.failedAt ||= now();
    stored.lastReply = describeReply(reply);
    const isAlone = reply.status !== RATE_LIMITED && this.#deliveredAt > stored.failedAt;
    if (isAlone) this.#warnDisliked(stored, reply);
    else if (!stored.isDisliked && (needsAttention || this.#attempt + 1 >= FAILURES_BEFORE_WARNING))
      this.#warnKept(reply);
    const isOrdered = guard !== undefined;
    const remedy = remedyFor({ batch: stored, isOrdered, isAlone, blindSplits: this.#blindSplits, now: now() });
    if (remedy === 'split') return this.#splitDisliked(stored, batch);
    if (remedy === 'reject') {
      await this.#giveUp(stored, batch);
      return this.#answered(stored);
    }
    if (remedy === 'step_aside') stored.notBefore = now() + Math.max(delayMs * Number(isAsked), ownDelayMs(stored));
    const mayProbe = guard !== undefined && !isAsked && this.#probes < MAX_PROBES;
    if (remedy === 'wait' && mayProbe && isSuspect(stored, now())) return this.#probe(stored, delayMs);
    if (remedy === 'wait' || isAsked) return this.#keep(stored, delayMs, isAsked);
    this.#keepAside(stored);
  }

  /** Lets another batch show at once whether the receiver is down, if there is one; else the lane waits. */
  #probe(stored: StoredBatch, delayMs: number): void {
    stored.notBefore = this.#options.now() + STAND_BACK_MS;
    this.#probes++;
    this.#attempt++;
    this.#nextLookMs = delayMs;
    this.#keepAside(stored);
  }

  /** Finds out which records of a batch the path dislikes. The halves let others go first, as the whole did. */
  async #splitDisliked(stored: StoredBatch, batch: SealedBatch): Promise<void> {
    const { rejections, backlog, counters } = this.#options;
    this.#blindSplits++;
    const halves = await rejections.split(stored, batch, stored.lastReply, false);
    counters.retried += stored.records;
    for (const half of halves) {
      half.isDisliked = stored.isDisliked;
      half.failures = LETS_OTHERS_GO_FIRST;
      backlog.putBack(half);
    }
    this.#inFlight.delete(stored);
    this.wake();
  }

  async #giveUp(stored: StoredBatch, batch: SealedBatch): Promise<void> {
    await this.#options.rejections.reject(stored, batch, `kept being answered with ${stored.lastReply}`);
    this.#options.store.remove(stored);
  }

  /** Keeps a batch that fails alone, until its own time; the others go on. */
  #keepAside(stored: StoredBatch): void {
    this.#inFlight.delete(stored);
    this.#options.counters.retried += stored.records;
    this.#options.backlog.putBack(stored);
    this.wake();
  }

  /** A lane that keeps an order cannot know whose records follow. */
  #keepUnreadable(stored: StoredBatch): void {
    const { guard, now } = this.#options;
    if (guard) return this.#keep(stored, UNREADABLE_DELAY_MS, false);
    stored.notBefore = now() + UNREADABLE_DELAY_MS;
    this.#keepAside(stored);
  }

  /** Keeps a batch, and the lane waits with it. */
  #keep(stored: StoredBatch, delayMs: number, isAsked: boolean): void {
    this.#inFlight.delete(stored);
    this.#options.counters.retried += stored.records;
    this.#options.backlog.putBack(stored);
    // What the receiver asks for counts also while the lane waits for something else.
    const isNews = !this.#timer || (isAsked && this.#options.now() + delayMs > this.#askedUntil);
    if (isNews && !this.#isClosed) {
      this.#attempt++;
      this.#setTimer(delayMs, isAsked);
    }
    if (this.#isResting()) this.#notifySettled();
  }

  /** With nothing else to send, looks again when the first batch may be sent that waits for its own retry. */
  #waitForOwnRetries(): void {
    const { lane, backlog, now } = this.#options;
    clearTimeout(this.#ownTimer);
    this.#ownTimer = undefined;
    if (this.#timer || this.#isClosed || this.#inFlight.size > 0 || backlog.length(lane) === 0) return;
    const next = backlog.nextRetry(lane);
    if (next === undefined) return;
    this.#ownTimer = setTimeout(() => this.wake(), Math.max(1, next - now())).unref();
    this.#notifySettled();
  }

  #setTimer(delayMs: number, isAsked: boolean): void {
    clearTimeout(this.#timer);
    this.#askedUntil = isAsked ? this.#options.now() + delayMs : 0;
    this.#probes = 0;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.wake();
    }, delayMs);
    this.#timer.unref();
  }

  #warnKept(reply: Reply): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const isRefused = 'status' in reply && (reply.status === 401 || reply.status === 403);
    this.#options.warn(
      isRefused
        ? `The receiver of the ${this.#options.lane} lane refuses our credentials (${describeReply(reply)}): check the token and the host. Records are kept meanwhile.`
        : `Batches of the ${this.#options.lane} lane are kept and sent again later; the last answer was ${describeReply(reply)}. If that goes on, check the host and any proxy in between.`,
    );
  }

  /** Once for each batch: it is tried again for as long as it is there. */
  #warnDisliked(stored: StoredBatch, reply: Reply): void {
    if (stored.isDisliked) return;
    stored.isDisliked = true;
    this.#options.warn(
      `The receiver of the ${this.#options.lane} lane takes other batches, but keeps answering one of ${stored.records} records with ${describeReply(reply)}. It is kept and sent again behind the others. A firewall in between may dislike its content.`,
    );
  }

  /** Whether nothing happens until more comes, or a wait is over. */
  #isResting(): boolean {
    const { backlog, lane } = this.#options;
    if (this.#inFlight.size > 0 || this.#isChoosing) return false;
    const isWaiting = this.#timer !== undefined || this.#ownTimer !== undefined;
    return isWaiting || backlog.length(lane) + backlog.lent(lane) === 0;
  }

  #notifySettled(): void {
    const listeners = this.#settledListeners;
    this.#settledListeners = [];
    for (const listener of listeners) listener();
  }
}

/** Whether the receiver itself has answered: a proxy in between may say that a body is too large, and has a clock of its own. */
function isGenuine(decision: Decision): boolean {
  return decision.action !== 'retry' && !(decision.action === 'split' && decision.isTooLarge);
}

/**
 * Our clock, put right by the `Date` of replies that the receiver has surely written. A receiver refuses events of the future, and a wrong time cannot
 * be mended later: a record that was sent never changes, or its copies would not be recognised.
 */
export class ReceiverClock {
  /** To be added to our time. A field, read for each event: a method over it costs as much as encoding two properties. */
  offsetMs = 0;
  readonly #warn: (message: string) => void;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** @param now our time when the reply came. */
  read(reply: Reply, sentAt: number, now: number): void {
    if (!('headers' in reply) || now - sentAt >= MAX_CLOCK_ROUND_TRIP_MS) return;
    const offset = Date.parse(reply.headers['date'] ?? '') - now;
    if (Math.abs(offset) < MIN_OFFSET_MS) this.offsetMs = 0;
    if (!(Math.abs(offset - this.offsetMs) >= MIN_OFFSET_MS)) return;
    this.offsetMs = offset;
    const direction = offset < 0 ? 'ahead of' : 'behind';
    this.#warn(
      `The clock of this machine is ${Math.round(Math.abs(offset) / 1000)} s ${direction} the receiver's. New events get the receiver's time; set the clock.`,
    );
  }
}
