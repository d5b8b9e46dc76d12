/** What a lane of a service says of itself; anything may be absent, as services may be older than the inbox. */
export interface LaneNumbers {
  readonly queued?: number;
  readonly pending?: number;
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
    readonly lanes?: Readonly<Record<string, LaneNumbers>>;
    readonly errorBudget?: { readonly suppressed?: number };
  };
}

/** Records of a lane that are lost, whatever the reason. */
export function lostIn({ dropped = {} }: LaneNumbers): number {
  return Object.values(dropped).reduce((total, count) => total + count, 0);
}
