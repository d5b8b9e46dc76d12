import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

/** What a played server does with a request. */
type Handler = (request: Request, response: ServerResponse) => void;

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  /** Decompressed. */
  readonly body: string;
}

/** Listens on loopback until the test ends; returns its origin. */
export async function serve(handler: Handler): Promise<string> {
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const body = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
      const { method = '', url = '/', headers } = incoming;
      handler({ method, url: new URL(url, 'http://played'), headers, body: body.toString() }, response);
    });
  });
  return `http://${await listen(server)}`;
}

/** A server of bytes, such as Redis; returns host and port. */
export function serveBytes(onData: (text: string, socket: Socket) => void): Promise<string> {
  return listen(
    createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => onData(chunk.toString(), socket));
    }),
  );
}

/** A port of loopback on which nothing listens. */
export async function closedOrigin(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

interface MixpanelOptions {
  /** Project id by token. */
  readonly tokens: Readonly<Record<string, string>>;
  /** `user:secret` of the account that may write to and read all of them. */
  readonly account?: string;
  /** Projects that live in another region: what is sent to them is accepted and not stored. */
  readonly elsewhere?: readonly string[];
}

/** `/import` and the segmentation query, as the reference tells of them. */
export function playMixpanel({ tokens, account, elsewhere = [] }: MixpanelOptions): Promise<string> {
  const stored: { readonly project: string; readonly properties: Readonly<Record<string, unknown>> }[] = [];
  return serve(({ url, headers, body }, response) => {
    const credentials = Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64').toString();
    const isAccount = account !== undefined && credentials === account;
    const project = isAccount ? url.searchParams.get('project_id') : tokens[credentials.replace(/:$/, '')];
    if (url.pathname === '/') return answer(response, 404, {});
    if (!project || (url.pathname === '/api/query/segmentation' && !isAccount))
      return answer(response, 401, { code: 401, error: 'Invalid credentials', status: 'Unauthorized' });
    if (url.pathname === '/import') {
      for (const { properties } of JSON.parse(body) as { properties: Record<string, unknown> }[])
        if (!elsewhere.includes(project)) stored.push({ project, properties });
      return answer(response, 200, { code: 200, num_records_imported: 1, status: 'OK' });
    }
    const [, checkId] = /== "([^"]+)"/.exec(url.searchParams.get('where') ?? '') ?? [];
    const found = stored.filter((event) => event.project === project && event.properties['check_id'] === checkId);
    const values = Object.fromEntries(
      found.map(({ properties }) => [String(properties['sent_by']), { '2026-11-20': 1 }]),
    );
    return answer(response, 200, { data: { series: ['2026-11-20'], values }, legend_size: found.length });
  });
}

/** An envelope endpoint that knows one key and one project, and the management API that finds what came in. */
export function playSentry(options: {
  readonly key: string;
  readonly project: string;
  readonly scopes?: readonly string[];
}) {
  const { key, project, scopes = ['org:read', 'alerts:read'] } = options;
  const received = new Set<string>();
  return serve(({ url, headers, body }, response) => {
    const [, id] = /^\/api\/(\d+)\/envelope\/$/.exec(url.pathname) ?? [];
    if (id !== undefined) {
      const shown = /sentry_key=(\w+)/.exec(`${headers['x-sentry-auth'] ?? ''} ${url.search}`)?.[1];
      if (shown !== key) return answer(response, 403, { detail: 'event submission rejected with_reason: Unknown key' });
      if (id !== project) return answer(response, 403, { detail: 'event submission rejected with_reason: ProjectId' });
      const { event_id: eventId } = JSON.parse(body.slice(0, body.indexOf('\n'))) as { event_id?: string };
      if (eventId) received.add(eventId);
      return answer(response, 200, { id: eventId });
    }
    if (url.pathname === '/api/0/organizations/acme/workflows/') {
      if (!scopes.includes('alerts:read'))
        return answer(response, 403, { detail: 'You do not have permission to perform this action.' });
      return answer(response, 200, []);
    }
    const [, eventId] = /^\/api\/0\/organizations\/acme\/eventids\/(\w+)\/$/.exec(url.pathname) ?? [];
    if (eventId && received.has(eventId))
      return answer(response, 200, { eventId, projectSlug: 'services', organizationSlug: 'acme' });
    return answer(response, 404, { detail: 'The requested resource does not exist' });
  });
}
