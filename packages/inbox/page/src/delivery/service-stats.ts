/** What a lane of a service says of itself; anything may be absent, as services may be older than the inbox. */
export interface LaneNumbers {
  readonly queued?: number;
  readonly pending?: number;
  /** Sealed batches on disk. */
  readonly spooledFiles?: number;
  readonly spooledBytes?: number;
  readonly oldestAgeMs?: number;
  readonly delivered?: number;
  readonly retried?: number;
  readonly dropped?: Readonly<Record<string, number>>;
  readonly lastError?: string | null;
}

/** The answer of one service, or why there is none. */
export interface ServiceReport {
  readonly name: string;
  readonly failure?: string;
  readonly stats?: {
    readonly analytics?: 'on' | 'off';
    readonly errors?: 'on' | 'off';
    readonly lanes?: Readonly<Record<string, LaneNumbers>>;
    /** Of what pages left behind. */
    readonly pages?: Readonly<Record<string, LaneNumbers>>;
    readonly errorBudget?: { readonly suppressed?: number };
  };
}

/** The lanes of a service, those of what pages left behind by a name of their own. */
export function lanesOf({ stats }: ServiceReport): readonly (readonly [string, LaneNumbers])[] {
  const ofPages = Object.entries(stats?.pages ?? {}).map(([name, lane]) => [`pages: ${name}`, lane] as const);
  return [...Object.entries(stats?.lanes ?? {}), ...ofPages];
}

/** Records of a lane that are lost, whatever the reason. Those of erased people were dropped on purpose. */
export function lostIn({ dropped = {} }: LaneNumbers): number {
  return Object.entries(dropped).reduce((total, [reason, count]) => total + (reason === 'forgotten' ? 0 : count), 0);
}

/** Whether nothing has ever happened in a lane. */
export function isQuiet(lane: LaneNumbers): boolean {
  const { queued = 0, pending = 0, spooledFiles = 0, delivered = 0, retried = 0, dropped = {}, lastError } = lane;
  const counts = [queued, pending, spooledFiles, delivered, retried, ...Object.values(dropped)];
  return counts.every((count) => count === 0) && !lastError;
}
