/**
 * Events that SDKs send because a session begins, ends or is recorded. They say nothing of what a user did: they make nobody
 * return, and nobody appear for the first time.
 */
export const SESSION_EVENTS: ReadonlySet<string> = new Set([
  '$session_start',
  '$session_end',
  '$ae_session',
  '$mp_session_record',
]);
