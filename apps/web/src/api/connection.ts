/** Whether the server answers. */
export interface Connection {
  isReachable(): boolean;
  /** Notes how a request ended: with an answer, whatever it was, or without one. */
  note(isReachable: boolean): void;
  subscribe(onChange: () => void): () => void;
}

/** Creates a connection that counts as reachable until a request fails. */
function createConnection(): Connection {
  const listeners = new Set<() => void>();
  let reachable = true;
  return {
    isReachable: () => reachable,
    note(isReachable) {
      if (isReachable === reachable) return;
      reachable = isReachable;
      for (const listener of listeners) listener();
    },
    subscribe(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
}

/** The one to the app's own origin. */
export const connection = createConnection();
