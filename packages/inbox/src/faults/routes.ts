import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import type { FaultRule } from './fault.ts';
import type { Faults } from './faults.ts';

/** `POST`, `GET` and `DELETE /api/faults`, and `DELETE /api/faults/:id`. */
export function faultRoutes(instance: FastifyInstance, faults: Faults): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.post('/api/faults', ({ body }, reply) => {
    try {
      // `add` itself checks what came: the rule may be anything.
      return reply.code(201).send(faults.add(body as FaultRule));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return reply.code(400).send({ error: 'Bad Request', message: error.message });
    }
  });

  app.get('/api/faults', () => ({ faults: faults.list() }));

  app.delete('/api/faults', (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });

  app.delete('/api/faults/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, ({ params }, reply) => {
    if (faults.remove(params.id)) return reply.code(204).send();
    return reply.code(404).send({ error: 'Not Found', message: `no fault ${params.id}: GET /api/faults lists them` });
  });
}
