import type { Fault, FaultEndpoint, FaultRule } from './fault.ts';
import { parseFaultRule } from './parse-rule.ts';
import { seededRandom } from './seeded-random.ts';

/** A rule and what it has done so far. */
export interface ActiveFault {
  readonly id: number;
  readonly endpoint: FaultEndpoint | 'any';
  /** Text that the body must contain. */
  readonly contains?: string;
  /** Requests it has yet to look at; null: until it is removed. */
  readonly remaining: number | null;
  readonly share: number;
  readonly seed: number;
  /** Requests it has looked at. */
  readonly seen: number;
  /** Requests it has made fail. */
  readonly struck: number;
  readonly fault: Fault;
}

type Entry = { -readonly [Key in keyof ActiveFault]: ActiveFault[Key] } & { readonly random: () => number };

/** Rules that are used up stay listed so that one can see what they did, but not for ever. */
const MAX_LISTED = 100;

/** The faults to come. The rule added first that strikes is the one that counts. */
export class Faults {
  #entries: Entry[] = [];
  #lastId = 0;
  readonly #listeners = new Set<() => void>();

  /** @throws when the rule is none; the message names the field. */
  add(rule: FaultRule): ActiveFault {
    const { endpoint = 'any', contains, requests = null, share = 1, seed = 1, fault } = parseFaultRule(rule);
    this.#lastId += 1;
    const entry: Entry = {
      id: this.#lastId,
      endpoint,
      ...(contains !== undefined && { contains }),
      remaining: requests,
      share,
      seed,
      seen: 0,
      struck: 0,
      fault,
      random: seededRandom(seed),
    };
    this.#entries = [...this.#entries, entry].slice(-MAX_LISTED);
    this.#changed();
    return shown(entry);
  }

  list(): ActiveFault[] {
    return this.#entries.map(shown);
  }

  remove(id: number): boolean {
    const kept = this.#entries.filter((entry) => entry.id !== id);
    const removed = kept.length < this.#entries.length;
    this.#entries = kept;
    if (removed) this.#changed();
    return removed;
  }

  clear(): void {
    this.#entries = [];
    this.#changed();
  }

  /** Decides about one request before its body is read: each rule that looks at it counts it. */
  strike(endpoint: FaultEndpoint): Fault | null {
    return this.#strike(endpoint, ({ contains }) => contains === undefined);
  }

  /** Decides about a request that no other rule has struck, by its body; the text is made only when a rule asks. */
  strikeBody(endpoint: FaultEndpoint, textOf: () => string): Fault | null {
    let text: string | undefined;
    return this.#strike(endpoint, ({ contains }) => {
      if (contains === undefined) return false;
      text ??= textOf();
      return text.includes(contains);
    });
  }

  #strike(endpoint: FaultEndpoint, isAbout: (entry: Entry) => boolean): Fault | null {
    for (const entry of this.#entries) {
      if (entry.remaining === 0 || (entry.endpoint !== 'any' && entry.endpoint !== endpoint)) continue;
      if (!isAbout(entry)) continue;
      entry.seen += 1;
      if (entry.remaining !== null) entry.remaining -= 1;
      const strikes = entry.random() < entry.share;
      if (strikes) entry.struck += 1;
      this.#changed();
      if (strikes) return entry.fault;
    }
    return null;
  }

  /** Told when a rule comes, goes or is used. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function shown({ random: _random, ...fault }: Entry): ActiveFault {
  return fault;
}
