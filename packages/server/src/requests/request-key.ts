import type { RequestState } from '@qr/telemetry/internal';
import type { FastifyRequest } from 'fastify';

/** Where a request keeps its state. A symbol: no plugin can collide with it. */
export const stateKey = Symbol('observability.request');

type WithState = { [stateKey]: RequestState | null };

export function requestState(request: FastifyRequest): RequestState | null {
  return (request as unknown as WithState)[stateKey];
}

export function setRequestState(request: FastifyRequest, state: RequestState): void {
  (request as unknown as WithState)[stateKey] = state;
}
