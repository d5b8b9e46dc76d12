import { buildServer } from '../scripts/build.mjs';

/** The platform runs as it does in production: compiled. */
export function setup(): void {
  buildServer();
}
