import { countOf } from '../shared/format.ts';

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

/** What a service does with its telemetry, in a few words. */
interface ServiceState {
  readonly tone: 'good' | 'idle' | 'warning' | 'bad';
  readonly text: string;
}

/** Shorter waits are those of a batch under way. */
const MIN_WAIT_MS = 2000;
const MAX_ERROR_LENGTH = 120;
const RECEIVERS: Readonly<Record<string, string>> = {
  import: 'Mixpanel',
  engage: 'Mixpanel',
  groups: 'Mixpanel',
  deletions: 'Mixpanel',
  sentry: 'Sentry',
  analytics: 'analytics-service',
};

/** Describes a service by its worst news: no answer, batches that wait, records that were dropped; else whether it delivers. */
export function stateOf(service: ServiceReport, now: number): ServiceState {
  const { failure } = service;
  if (failure !== undefined) return { tone: 'bad', text: capitalized(failure) };
  const lanes = lanesOf(service);
  const off = offText(service, lanes);
  if (lanes.length === 0) return { tone: 'idle', text: off ?? 'Off: no token and no DSN' };
  const waits = waitTexts(lanes, now);
  const lost = lanes.reduce((total, [, lane]) => total + lostIn(lane), 0);
  const isWorking = lanes.some(([, lane]) => !isQuiet(lane));
  const parts = [
    ...waits,
    ...(waits.length === 0 ? [isWorking ? 'Delivering' : 'Nothing sent yet'] : []),
    ...(lost > 0 ? [`${countOf(lost, 'record')} dropped`] : []),
    ...(off === undefined ? [] : [off]),
  ];
  const tone = lost > 0 ? 'bad' : waits.length > 0 ? 'warning' : isWorking ? 'good' : 'idle';
  return { tone, text: parts.join('; ') };
}

/** Which half is off, when the service says so and has no lane for it. */
function offText({ stats }: ServiceReport, lanes: readonly (readonly [string, LaneNumbers])[]): string | undefined {
  const receivers = new Set(lanes.map(([name]) => receiverOf(name)));
  const isMixpanelOff = stats?.analytics === 'off' && !receivers.has('Mixpanel');
  const isSentryOff = stats?.errors === 'off' && !receivers.has('Sentry');
  if (isMixpanelOff && isSentryOff) return lanes.length === 0 ? 'Off: no token and no DSN' : 'Mixpanel and Sentry off';
  if (isMixpanelOff) return 'Mixpanel off: no token';
  return isSentryOff ? 'Sentry off: no DSN' : undefined;
}

/** One text for each complaint of each receiver, however many lanes wait because of it. */
function waitTexts(lanes: readonly (readonly [string, LaneNumbers])[], now: number): string[] {
  const waits = new Map<string, { batches: number; records: number; since: number }>();
  for (const [name, lane] of lanes) {
    const { pending = 0, spooledFiles = 0, oldestAgeMs = MIN_WAIT_MS, lastError } = lane;
    if (pending + spooledFiles === 0 || oldestAgeMs < MIN_WAIT_MS) continue;
    const reason = complaintOf(receiverOf(name), lastError);
    const wait = waits.get(reason) ?? { batches: 0, records: 0, since: now };
    wait.batches += spooledFiles;
    wait.records += pending;
    wait.since = Math.min(wait.since, now - oldestAgeMs);
    waits.set(reason, wait);
  }
  return [...waits].map(([reason, { batches, records, since }]) => {
    const what = batches > 0 ? countOf(batches, 'batch', 'batches') : countOf(records, 'record');
    return `${what} waiting, ${reason} since ${sinceText(since, now)}`;
  });
}

/** What a receiver does, in words: `Mixpanel answers 503`. */
function complaintOf(receiver: string, lastError: string | null | undefined): string {
  if (!lastError) return `${receiver} has not answered`;
  const [, status] = /^status (\d+)/.exec(lastError) ?? [];
  if (status !== undefined) return `${receiver} answers ${status}`;
  return `${receiver} cannot be reached (${lastError.slice(0, MAX_ERROR_LENGTH)})`;
}

function receiverOf(lane: string): string {
  const name = lane.replace(/^pages: /, '');
  return RECEIVERS[name] ?? name;
}

function sinceText(since: number, now: number): string {
  const isToday = new Date(since).toDateString() === new Date(now).toDateString();
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat([], isToday ? clock : { ...clock, day: 'numeric', month: 'short' }).format(since);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
