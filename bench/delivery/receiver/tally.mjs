/** More events than any run tracks. */
const CAPACITY = 4_000_000;

/** Counts how often each event arrived. */
export class Tally {
  #copies = new Uint8Array(CAPACITY);
  distinct = 0;
  copies = 0;
  /** Ids that no run can have tracked: a sign that the harness is wrong. */
  foreign = 0;
  requests = 0;
  bytes = 0;

  add(ids) {
    for (const id of ids) {
      if (id >= CAPACITY) {
        this.foreign++;
        continue;
      }
      this.copies++;
      if (this.#copies[id] === 0) this.distinct++;
      if (this.#copies[id] < 255) this.#copies[id]++;
    }
  }

  /** How many of the events from `from` up to, and not including, `to` never arrived. */
  missing(from, to) {
    let count = 0;
    for (let id = from; id < to; id++) if (this.#copies[id] === 0) count++;
    return count;
  }

  read() {
    const { distinct, copies, foreign, requests, bytes } = this;
    return { distinct, copies, foreign, requests, bytes };
  }
}
