/** A difference below this is the resolution of the `Date` header and the way of the reply. */
const MIN_OFFSET_MS = 60_000;

interface ReceiverClockOptions {
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

/**
 * Our clock, put right by the `Date` of replies that the receiver has surely written. A receiver refuses events of the future, and a wrong time cannot
 * be mended later: a record that was sent never changes, or its copies would not be recognised.
 */
export class ReceiverClock {
  readonly #options: ReceiverClockOptions;
  #offsetMs = 0;

  constructor(options: ReceiverClockOptions) {
    this.#options = options;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#options.now() + this.#offsetMs;
  }

  /** @param own our time when the reply came. */
  note(receiver: number, own: number): void {
    const offset = receiver - own;
    if (Math.abs(offset) < MIN_OFFSET_MS) {
      this.#offsetMs = 0;
      return;
    }
    if (Math.abs(offset - this.#offsetMs) < MIN_OFFSET_MS) return;
    this.#offsetMs = offset;
    const direction = offset < 0 ? 'ahead of' : 'behind';
    this.#options.warn(
      `The clock of this machine is ${Math.round(Math.abs(offset) / 1000)} s ${direction} the receiver's. New events get the receiver's time; set the clock.`,
    );
  }
}
