/**
 * Whether a server refuses to write because it became a replica, which it says over a connection that stays open. Only a new connection can reach
 * the server that took over.
 */
export function isReplicaError(error: unknown): boolean {
  // Before version 7 scripts wrap the code in a message of their own. UNBLOCKED ends what was waiting when the role changed.
  return error instanceof Error && /\b(READONLY|MASTERDOWN|UNBLOCKED)\b/.test(error.message);
}

/** `reconnectOnError` for commands that may fail: the command that met the replica is rejected. */
export function reconnectAfterFailover(error: Error): boolean {
  return isReplicaError(error);
}

/** `reconnectOnError` for commands that must arrive: they are sent again over the new connection. */
export function resendAfterFailover(error: Error): 2 | false {
  return isReplicaError(error) && 2;
}
