import { observabilityPlugin } from '@qr/server';
import Fastify from 'fastify';
import { sellBook, telemetry } from './bookshop.ts';

const app = Fastify({ forceCloseConnections: 'idle' });
// First, so that it sees every request. It also sets the error handler, whose answers carry the error id.
await app.register(observabilityPlugin, { telemetry });
app.addHook('onClose', () => telemetry.close());

app.post<{ Params: { isbn: string } }>('/orders/:isbn', async (request, reply) => {
  await sellBook(String(request.headers['x-customer']), request.params.isbn);
  return reply.code(201).send({ isbn: request.params.isbn });
});

console.log(await app.listen({ port: Number(process.env['PORT'] ?? 8080), host: '127.0.0.1' }));

process.once('SIGTERM', () => app.close());
