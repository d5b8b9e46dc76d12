import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { alertRules } from '@qr/observability/alerts';
import Fastify, { type FastifyInstance } from 'fastify';
import { openInboxData } from '../../src/inbox-data.ts';
import { inboxPlugin } from '../../src/inbox-plugin.ts';
import { addDocumentation } from '../../src/page-routes.ts';
import { follow, isRecord, lineOf, matches } from '../../src/tail/tail.ts';
import { platformPlan } from '../platform-plan.ts';
import type { WrittenRequest } from '../samples/sample.ts';
import { addressesOf, ID_LISTS, type ReadRoute, readRoutesOf } from './read-routes.ts';

/** An inbox with a reader of its stream, for tests that send anything to it. */
export interface FuzzedInbox {
  readonly routes: readonly ReadRoute[];
  /** Sends over the network. @returns the status */
  send(request: WrittenRequest): Promise<number>;
  /** Reads every list and the details of the latest things in them. @returns how many reads. @throws when one answers 5xx */
  readAll(): Promise<number>;
  /** @throws when the answer is 5xx */
  read(address: string): Promise<{ readonly status: number; readonly body: string }>;
  /** @throws when the terminal's reader of the stream has failed */
  checkStream(): void;
  close(): Promise<void>;
}

/** As many things as one body adds, and more. */
const DETAILS = 2;

/** @param sourceMaps - folder of a built page, whose maps are looked up for every frame */
export async function startFuzzedInbox(sourceMaps: string): Promise<FuzzedInbox> {
  const app = Fastify({ http: { maxHeaderSize: 256 * 1024 }, forceCloseConnections: true });
  const data = await openInboxData();
  await addDocumentation(app);
  await app.register(inboxPlugin, { data, plan: platformPlan, alerts: alertRules, sourceMaps });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const end = new AbortController();
  let streamError: unknown;
  follow(`http://127.0.0.1:${port}`, end.signal, (message) => {
    if (!isRecord(message)) return;
    lineOf(message, { utc: true, hasColors: false });
    matches(message, { kinds: [], service: 'a', user: 'b', trace: 'c', text: 'd' });
  }).catch((error: unknown) => {
    if (!end.signal.aborted) streamError = error;
  });
  const routes = readRoutesOf(JSON.parse((await app.inject('/documentation/json')).body));

  async function read(address: string): Promise<{ status: number; body: string }> {
    const { statusCode, body } = await app.inject(address);
    if (statusCode >= 500) throw new Error(`GET ${address} answered ${statusCode}: ${body.slice(0, 300)}`);
    return { status: statusCode, body };
  }

  return {
    routes,
    read,
    send: (request) => send(port, agent, request),
    readAll: () => readAll(routes, read),
    checkStream() {
      if (streamError !== undefined) throw streamError;
    },
    async close() {
      end.abort();
      agent.destroy();
      await close(app, data);
    },
  };
}

async function close(app: FastifyInstance, data: { close(): Promise<void> }): Promise<void> {
  await app.close();
  await data.close();
}

/** Reads every list, and the details of the latest things in them. @returns how many reads */
export async function readAll(routes: readonly ReadRoute[], read: FuzzedInbox['read']): Promise<number> {
  const ids: Record<string, string[]> = {};
  for (const [name, [path, list, field]] of Object.entries(ID_LISTS)) {
    const { body } = await read(path);
    const records: Record<string, unknown>[] = JSON.parse(body)[list];
    ids[name] = records.slice(0, DETAILS).map((record) => String(record[field]));
  }
  const addresses = ['/health/live', ...routes.flatMap((route) => addressesOf(route, ids))];
  for (const address of addresses) await read(address);
  return addresses.length + Object.keys(ID_LISTS).length;
}

function send(port: number, agent: Agent, { method, path, headers, body }: WrittenRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, host: '127.0.0.1', agent, method, path }, (response: IncomingMessage) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', reject);
    });
    sent.once('error', reject);
    // Else the body of a GET has no length, and is taken for the next request.
    sent.setHeader('content-length', body.length);
    for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
    sent.end(body);
  });
}
