/** A difference below this is the resolution of the `Date` header and the way of the reply. */
const MIN_OFFSET_MS = 60_000;

interface ReceiverClockOptions {
  readonly warn: (message: string) => void;
}

/**
 * Our clock, put right by the `Date` of replies that the receiver has surely written. A receiver refuses events of the future, and a wrong time cannot
 * be mended later: a record that was sent never changes, or its copies would not be recognised.
 */
export class ReceiverClock {
  /** To be added to our time. A field, read for each event: a method over it costs as much as encoding two properties. */
  offsetMs = 0;
  readonly #options: ReceiverClockOptions;

  constructor(options: ReceiverClockOptions) {
    this.#options = options;
  }

  /** @param own our time when the reply came. */
  note(receiver: number, own: number): void {
    const offset = receiver - own;
    if (Math.abs(offset) < MIN_OFFSET_MS) {
      this.offsetMs = 0;
      return;
    }
    if (Math.abs(offset - this.offsetMs) < MIN_OFFSET_MS) return;
    this.offsetMs = offset;
    const direction = offset < 0 ? 'ahead of' : 'behind';
    this.#options.warn(
      `The clock of this machine is ${Math.round(Math.abs(offset) / 1000)} s ${direction} the receiver's. New events get the receiver's time; set the clock.`,
    );
  }
}
