import { ownEntry } from '../own-entry.ts';
import type { EnvelopeItem } from './envelope.ts';

const CATEGORY_OF_TYPE: Readonly<Record<string, string>> = {
  event: 'error',
  raw_security: 'security',
  transaction: 'transaction',
  span: 'span',
  log: 'log_item',
  trace_metric: 'trace_metric',
  session: 'session',
  sessions: 'session',
  client_report: 'internal',
  check_in: 'monitor',
  feedback: 'feedback',
  user_report: 'feedback',
  replay_event: 'replay',
  replay_recording: 'replay',
  replay_video: 'replay',
  profile: 'profile',
  profile_chunk: 'profile_chunk',
  attachment: 'attachment',
};

/**
 * The category that a rate limit names an item by. A client report has one of its own, so that no limit takes it.
 * @see https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/
 */
export function categoryOf({ type }: EnvelopeItem): string {
  return ownEntry(CATEGORY_OF_TYPE, type) ?? 'default';
}
