/** An event as the inbox shows it. */
export interface StoredEvent {
  readonly event: string;
  readonly time: number;
  readonly distinctId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface StoredSpan {
  readonly traceId: string;
  readonly name: string;
  readonly service: string | null;
}

/** Reads what a platform's inbox received. */
export function inboxClient(origin: string) {
  async function ask<T>(path: string): Promise<T> {
    const response = await fetch(origin + path);
    return (await response.json()) as T;
  }
  const events = async () => (await ask<{ events: StoredEvent[] }>('/api/events?limit=1000')).events;
  return {
    events,
    named: async (name: string) => (await events()).filter(({ event }) => event === name),
    /** The services of the trace in which a request was answered. */
    async servicesOf(spanName: string): Promise<(string | null)[]> {
      const { spans } = await ask<{ spans: StoredSpan[] }>('/api/spans?limit=1000');
      const traces = new Set(spans.filter(({ name }) => name === spanName).map(({ traceId }) => traceId));
      return [...new Set(spans.filter(({ traceId }) => traces.has(traceId)).map(({ service }) => service))];
    },
    async errors(): Promise<readonly unknown[]> {
      return (await ask<{ errors: unknown[] }>('/api/errors')).errors;
    },
  };
}
