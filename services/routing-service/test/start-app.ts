import type { AddressInfo } from 'node:net';
import {
  captureException,
  closeObservability,
  flushObservability,
  initializeMixpanel,
  initializeSentry,
} from '@qr/common';
import type { BuildServerOptions } from '@qr/common/server';
import { createDescribeVisitor } from '@qr/common/visitor';
import { type Inbox, startInbox } from '@qr/inbox';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { onTestFinished, vi } from 'vitest';
import { buildApp } from '../src/app.ts';
import { createCodeDirectory } from '../src/code-directory.ts';

export const serviceToken = 'a-service-token-of-32-characters';
export const lunch = { id: 'LUNCH-menu_1', ownerId: 'owner-1', destinationUrl: 'https://example.com/lunch?table=7' };

const describeVisitor = createDescribeVisitor();

/** Points telemetry at an inbox of its own; call `stop` at the end. */
export async function observe(): Promise<{ inbox: Inbox; settle: () => Promise<void>; stop: () => Promise<void> }> {
  const inbox = await startInbox({ keepRaw: true });
  vi.stubEnv('MIXPANEL_API_HOST', inbox.url);
  initializeSentry('routing-service', inbox.dsn());
  initializeMixpanel('test-token');
  return {
    inbox,
    settle: async () => {
      // Far longer than it takes, also on a busy machine.
      await flushObservability(20_000);
    },
    stop: async () => {
      await closeObservability();
      await inbox.close();
      vi.unstubAllEnvs();
    },
  };
}

type Answer = (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) => Promise<unknown>;

/** A qr-service that answers as it is told, for one test. */
export async function startQrService(answer?: Answer) {
  const server = Fastify({ forceCloseConnections: true });
  async function kill(): Promise<void> {
    await server.close();
  }
  const qrService = { answer: answer ?? knowsLunch, asked: [] as string[], url: '', kill };
  server.get<{ Params: { id: string } }>('/internal/qrs/:id', async (request, reply) => {
    qrService.asked.push(request.params.id);
    if (request.headers.authorization !== `Bearer ${serviceToken}`) return reply.code(401).send();
    return qrService.answer(request, reply);
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  qrService.url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  return qrService;
}

const knowsLunch: Answer = async ({ params: { id } }, reply) =>
  id === lunch.id ? { ...lunch, status: 'active' } : reply.code(404).send();

/** The service in front of a qr-service, on a clock that the test turns, for one test. */
export function startApp(qrServiceUrl: string, server: BuildServerOptions = {}) {
  const clock = { nowMs: 1_000_000 };
  const directory = createCodeDirectory({
    url: qrServiceUrl,
    serviceToken,
    timeoutMs: 500,
    onStandIn: (error) => {
      captureException(error, { operation: 'refresh code' });
    },
    now: () => clock.nowMs,
  });
  const app = buildApp({
    directory,
    describeVisitor,
    serviceToken,
    // How busy the machine is that tests it, is not what is tested.
    server: { trustProxy: true, maxEventLoopDelayMs: 60_000, ...server },
  });
  onTestFinished(() => app.close());
  return { app, clock };
}
