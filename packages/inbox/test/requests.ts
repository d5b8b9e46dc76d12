import type { Inbox } from '../src/index.ts';

/** An event that breaks no rule. */
export function goodEvent(
  properties: Record<string, unknown> = {},
  event = 'qr_created',
): { event: string; properties: Record<string, unknown> } {
  return {
    event,
    properties: {
      token: 'any',
      distinct_id: 'user-1',
      time: Date.now(),
      $insert_id: crypto.randomUUID(),
      ...properties,
    },
  };
}

/** Posts JSON to a path of the inbox, with the project token as Basic user name. */
export function post(
  inbox: Inbox,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${inbox.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa('token:')}`, ...headers },
    body: JSON.stringify(body),
  });
}

/** An envelope of one item, as the JavaScript SDKs write it: no `length`, no last newline. */
export function envelope(
  item: Record<string, unknown>,
  payload: unknown,
  headers: Record<string, unknown> = {},
): string {
  return [headers, item, payload].map((line) => JSON.stringify(line)).join('\n');
}

/** Posts an envelope to project 1. */
export function postEnvelope(
  inbox: Inbox,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${inbox.url}/api/1/envelope/?sentry_key=public&sentry_version=7`, { method: 'POST', headers, body });
}

/** A container of streamed spans, logs or metrics. */
export function container(
  type: 'span' | 'log' | 'trace_metric',
  items: readonly unknown[],
  itemCount = items.length,
): string {
  const format = { span: 'span.v2', log: 'log', trace_metric: 'trace-metric' }[type];
  const header = { type, item_count: itemCount, content_type: `application/vnd.sentry.items.${format}+json` };
  return envelope(header, { version: 2, items });
}

/** An error event with a stack of one in-app frame. */
export function errorEvent(type: string, value: string, functionName: string): Record<string, unknown> {
  const frame = { function: functionName, filename: 'src/app.ts', lineno: 1, in_app: true };
  return { exception: { values: [{ type, value, stacktrace: { frames: [frame] } }] } };
}

/** The body of a JSON answer; the test says what it expects of it. */
export async function json(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}

/** Reads a path of the JSON API. */
export async function read(inbox: Inbox, path: string): Promise<Record<string, unknown>> {
  return json(await fetch(`${inbox.url}${path}`));
}
