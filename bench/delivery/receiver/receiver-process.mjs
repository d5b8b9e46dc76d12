import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { answer } from './answer.mjs';
import { eventIds } from './event-ids.mjs';
import { Tally } from './tally.mjs';

/** A bare server that stands for every vendor, told by its parent process when to fail. */
const tally = new Tally();
let server;
let port = 0;
/** The status of every answer; 200 stores. */
let status = 200;
let waiting;

function receive(request, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    tally.requests++;
    if (status !== 200) {
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":"unavailable"}');
      return;
    }
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body).toString() : body.toString();
    const ids = eventIds(request.url, text);
    tally.add(ids);
    tally.bytes += body.length + (request.method === 'GET' ? request.url.length : 0);
    const [type, content] = answer(request.url, ids.length);
    response.writeHead(200, { 'content-type': type, 'content-length': content.length }).end(content);
    if (waiting && tally.distinct >= waiting.target) waiting.done();
  });
}

const commands = {
  listen: () =>
    new Promise((resolve, reject) => {
      server = createServer({ keepAliveTimeout: 60_000 }, receive);
      server.on('error', reject);
      // Some clients open a connection for each event: the default backlog would refuse them.
      server.listen({ port, host: '127.0.0.1', backlog: 4096 }, () => {
        port = server.address().port;
        resolve(port);
      });
    }),
  /** From now on connections are refused; open ones are cut. */
  refuse: () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  answerWith: (given) => {
    status = given;
  },
  read: () => tally.read(),
  missing: ([from, to]) => tally.missing(from, to),
  arrived: ({ target, timeoutMs }) =>
    new Promise((resolve) => {
      const timer = setTimeout(done, timeoutMs);
      function done() {
        clearTimeout(timer);
        waiting = undefined;
        resolve(tally.distinct);
      }
      waiting = { target, done };
      if (tally.distinct >= target) done();
    }),
};

process.on('message', async ({ id, command, argument }) => {
  process.send({ id, value: await commands[command](argument) });
});
process.on('disconnect', () => process.exit());
