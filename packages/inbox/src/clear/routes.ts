import type { FastifyInstance } from 'fastify';
import type { InboxData } from '../inbox-data.ts';

/** `DELETE /api/data` clears, `POST /api/data/undo` brings back within ten seconds, `GET /api/data/cleared` says what can be brought back. */
export function clearRoutes(app: FastifyInstance, { undoableClear }: Pick<InboxData, 'undoableClear'>): void {
  app.delete('/api/data', (_request, reply) => {
    undoableClear.start();
    return reply.code(204).send();
  });

  app.get('/api/data/cleared', () => ({ cleared: undoableClear.pending() }));

  app.post('/api/data/undo', (_request, reply) => {
    if (undoableClear.undo()) return reply.code(204).send();
    const message = 'nothing to undo: a clear is final after ten seconds';
    return reply.code(409).send({ error: 'Conflict', message });
  });
}
