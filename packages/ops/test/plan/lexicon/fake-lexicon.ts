import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LexiconEntry } from '../../../src/plan/lexicon/entries.ts';

/** What was asked of it. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: { entries: LexiconEntry[]; truncate: boolean } | undefined;
}

/** Plays Mixpanel's Lexicon Schemas API for one project, after its published OpenAPI description. */
export interface FakeLexicon {
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly entries: () => LexiconEntry[];
  /** Answers the next request so, instead of doing what it asks. */
  readonly answerOnce: (status: number, body: unknown, headers?: Readonly<Record<string, string>>) => void;
  readonly close: () => Promise<void>;
}

const TYPES = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);
const PATH = '/api/app/projects/42/schemas';

export async function startFakeLexicon(seed: readonly LexiconEntry[] = []): Promise<FakeLexicon> {
  const keyOf = ({ entityType, name }: LexiconEntry) => `${entityType}/${name}`;
  const stored = new Map(seed.map((entry) => [keyOf(entry), entry]));
  const asked: Asked[] = [];
  const answers: { status: number; body: unknown; headers: Readonly<Record<string, string>> }[] = [];

  const answer = ({ method, path, body }: Asked, authorization?: string): [number, unknown] => {
    if (authorization !== `Basic ${Buffer.from('robot:secret').toString('base64')}`)
      return [401, { status: 'error', error: 'Unauthorized' }];
    if (!path.startsWith(PATH)) return [403, { status: 'error', error: 'No access to project' }];
    if (method === 'GET') return [200, { status: 'ok', results: [...stored.values()] }];
    if (method === 'DELETE') {
      stored.delete(decodeURIComponent(path.slice(PATH.length + 1)));
      return [200, { status: 'ok', results: { delete_count: 1 } }];
    }
    const problem = body?.entries.map(problemOf).find(Boolean);
    if (!body || problem) return [400, { status: 'error', error: problem ?? 'no body' }];
    for (const entry of body.entries) stored.set(keyOf(entry), entry);
    return [200, { status: 'ok', results: { added: body.entries.length, deleted: 0 } }];
  };

  const server = createServer(async (request, response) => {
    const text = await textOf(request);
    const record = { method: request.method ?? '', path: request.url ?? '', body: text ? JSON.parse(text) : undefined };
    asked.push(record);
    const forced = answers.shift();
    const [status, body] = forced ? [forced.status, forced.body] : answer(record, request.headers.authorization);
    response.writeHead(status, { 'content-type': 'application/json', ...forced?.headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    entries: () => [...stored.values()],
    answerOnce: (status, body, headers = {}) => void answers.push({ status, body, headers }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function problemOf({ entityType, name, schemaJson, ...rest }: LexiconEntry): string | undefined {
  const unknown = (allowed: readonly string[], object: object) =>
    Object.keys(object).find((key) => !allowed.includes(key));
  if (Object.keys(rest).length > 0 || !['event', 'profile'].includes(entityType)) return `bad entry ${name}`;
  const keyword =
    unknown(['description', 'properties', 'metadata'], schemaJson) ??
    unknown(
      ['$source', 'displayName', 'tags', 'hidden', 'dropped', 'contacts', 'teamContacts'],
      schemaJson.metadata?.['com.mixpanel'] ?? {},
    );
  if (keyword) return `unknown keyword ${keyword}`;
  return Object.entries(schemaJson.properties ?? {})
    .filter(([, property]) => unknown(['type', 'description', 'metadata'], property) || !TYPES.has(property.type ?? ''))
    .map(([property]) => `bad property ${property}`)[0];
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
