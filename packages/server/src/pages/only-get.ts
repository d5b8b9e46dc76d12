import { AppError } from '../app-error.ts';
import type { Server } from '../build-server.ts';

const schema = { hide: true };

/** Answers 405 to methods other than GET and HEAD on a path that people open, before a body is read. */
export function refuseOtherMethods(app: Server, url: string): void {
  app.route({
    method: ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url,
    schema,
    onRequest: (_request, reply, done) => {
      reply.header('allow', 'GET, HEAD');
      const message = 'This address supports GET and HEAD only.';
      done(new AppError({ statusCode: 405, code: 'wrong_method', message }));
    },
    handler: () => {},
  });
}
