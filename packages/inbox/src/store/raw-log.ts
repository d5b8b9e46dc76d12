import { Ring } from './contents.ts';

/** One ingestion request as it arrived; the body is inflated but otherwise untouched. */
export interface RawRequest {
  readonly seq: number;
  readonly receivedAt: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** Every request's bytes, for tests that look for what must never leave a process. */
export class RawLog {
  #requests = new Ring<RawRequest>();
  /** What was cleared and can still be brought back. */
  #aside: Ring<RawRequest> | undefined;
  readonly #maxBytes: number;
  #lastSeq = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(request: Omit<RawRequest, 'seq'>): void {
    this.#lastSeq += 1;
    this.#requests.push({ seq: this.#lastSeq, ...request }, request.body.length);
    while (this.#requests.bytes > this.#maxBytes && this.#requests.length > 1) this.#requests.evictOldest();
  }

  list(): RawRequest[] {
    return [...this.#requests];
  }

  get evicted(): number {
    return this.#requests.evicted;
  }

  clear(): void {
    this.#requests.clear();
    this.#aside = undefined;
  }

  /** Hides everything until it is brought back or dropped; adds to what is set aside already. */
  setAside(): void {
    const aside = this.#aside ?? new Ring<RawRequest>();
    for (const request of this.#requests) aside.push(request, request.body.length);
    this.#aside = aside;
    this.#requests = new Ring();
  }

  /** Shows again what was set aside, before what has arrived since. */
  bringBack(): void {
    this.setAside();
    this.#requests = this.#aside ?? this.#requests;
    this.#aside = undefined;
  }

  /** Removes for good what was set aside. */
  dropAside(): void {
    this.#aside = undefined;
  }
}
