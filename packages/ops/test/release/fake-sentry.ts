import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked of it, the body only where it is JSON. */
interface Asked {
  readonly line: string;
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** Plays what sentry-cli asks of Sentry to make a release, as far as it needs an answer. */
export interface FakeSentry {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Answers requests whose line has this in it so, instead of doing what they ask. */
  readonly fail: (part: string, status: number, body: unknown) => void;
  readonly close: () => Promise<void>;
}

export async function startFakeSentry(): Promise<FakeSentry> {
  const asked: Asked[] = [];
  const failures: { part: string; status: number; body: unknown }[] = [];
  const deploys: unknown[] = [];
  const uploaded = new Set<string>();
  const released = { version: 'v1', projects: [], dateCreated: '2026-11-20T12:00:00Z' };
  let url = '';

  const answer = (line: string, body: Asked['body']): [number, unknown] => {
    const path = line.replace(/\?.*/, '');
    if (path === 'POST /api/0/organizations/acme/releases/') return [201, released];
    if (path === 'GET /api/0/organizations/acme/repos/') return [200, []];
    if (path.endsWith('/previous-with-commits/')) return [200, {}];
    if (/^PUT \/api\/0\/organizations\/acme\/releases\/[^/]+\/$/.test(path)) return [200, released];
    if (path === 'GET /api/0/organizations/acme/chunk-upload/')
      return [
        200,
        {
          ...{ url: `${url}/api/0/organizations/acme/chunk-upload/`, chunkSize: 8_388_608, chunksPerRequest: 64 },
          ...{ maxRequestSize: 33_554_432, concurrency: 1, hashAlgorithm: 'sha1', compression: ['gzip'] },
          accept: ['release_files', 'artifact_bundles', 'artifact_bundles_v2'],
        },
      ];
    if (path === 'POST /api/0/organizations/acme/chunk-upload/') return [200, {}];
    if (path.endsWith('/artifactbundle/assemble/')) {
      const checksum = String(body?.['checksum']);
      if (uploaded.has(checksum)) return [200, { state: 'created', missingChunks: [] }];
      uploaded.add(checksum);
      return [200, { state: 'not_found', missingChunks: body?.['chunks'] }];
    }
    if (path.endsWith('/deploys/') && line.startsWith('GET')) return [200, deploys];
    if (path.endsWith('/deploys/')) {
      const deploy = { id: '1', name: null, ...body };
      deploys.push(deploy);
      return [201, deploy];
    }
    return [404, { detail: 'The requested resource does not exist' }];
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const isJson = request.headers['content-type']?.startsWith('application/json');
    const body = isJson ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const line = `${request.method} ${request.url}`;
    asked.push({ line, body });
    const failure = failures.find(({ part }) => line.includes(part));
    const [status, content] =
      request.headers.authorization === 'Bearer sntrys_secret'
        ? failure
          ? [failure.status, failure.body]
          : answer(line, body)
        : [401, { detail: 'Invalid token' }];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    fail: (part, status, body) => void failures.push({ part, status, body }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
