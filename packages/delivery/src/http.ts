export { createHttpClient } from './transports/http-client.ts';
export { createDispatcher } from './transports/proxy.ts';
