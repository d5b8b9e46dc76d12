import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openRequestContext, type RequestContext } from '@qr/server/request-context';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { sellBook, telemetry } from './bookshop.ts';

const contexts = new WeakMap<express.Request, RequestContext>();

const observe: RequestHandler = (req, res, next) => {
  const { method, url, headers, ip } = req;
  const context = openRequestContext(telemetry, { method, url, headers, ip });
  contexts.set(req, context);
  res.on('close', () => {
    // Express matches the route after its middleware ran.
    if (req.route) context.setRoute(req.baseUrl + req.route.path);
    context.end(res.statusCode);
  });
  context.run(() => next());
};

// Express recognises an error handler by its four parameters.
const answerError: ErrorRequestHandler = (error, req, res, _next) => {
  const context = contexts.get(req);
  context?.fail(error);
  res.status(500).json({ error: 'Something went wrong.', errorId: context?.errorId() });
};

const app = express();
app.use(observe);
app.post('/orders/:isbn', async (req, res) => {
  await sellBook(String(req.headers['x-customer']), req.params.isbn);
  res.status(201).json({ isbn: req.params.isbn });
});
app.use(answerError);

const server = app.listen(Number(process.env['PORT'] ?? 8080), '127.0.0.1');
await once(server, 'listening');
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

process.once('SIGTERM', async () => {
  server.close();
  server.closeIdleConnections();
  await once(server, 'close');
  await telemetry.close();
});
