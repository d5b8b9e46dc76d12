import Fastify from 'fastify';
import { addRoutes } from './routes.mjs';

export async function start() {
  const app = Fastify();
  addRoutes(app);
  return { app };
}
