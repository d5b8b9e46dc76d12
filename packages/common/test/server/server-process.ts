import { initializeMixpanel, initializeSentry, trackEvent } from '@qr/common';
import { buildServer } from '@qr/common/server';

initializeSentry('test-service');
initializeMixpanel();
const app = buildServer();
app.get('/fail', async () => {
  trackEvent('logout', 'u1');
  throw new Error('failed');
});
app.get('/crash', async () => {
  trackEvent('logout', 'u1');
  setTimeout(() => {
    throw new Error('failed outside of a request');
  }, 10);
  return 'soon';
});
app.get('/nothing', async () => {
  trackEvent('logout', 'u1');
  setTimeout(() => {
    throw undefined;
  }, 10);
  return 'soon';
});
app.get('/hostile', async () => {
  trackEvent('logout', 'u1');
  const refuse = () => {
    throw new Error('do not read me');
  };
  setTimeout(() => {
    throw Object.defineProperties(new Error('hostile'), { stack: { get: refuse }, message: { get: refuse } });
  }, 10);
  return 'soon';
});
app.get('/reject', async () => {
  trackEvent('logout', 'u1');
  setTimeout(() => void Promise.reject(new Error('failed outside of a request')), 10);
  return 'soon';
});
app.get<{ Querystring: { ms: string } }>('/slow', async ({ query }) => {
  await new Promise((resolve) => setTimeout(resolve, Number(query.ms)));
  trackEvent('logout', 'u1');
  return 'done';
});
app.get('/hang', () => new Promise(() => {}));
console.log(new URL(await app.listen({ port: 0 })).port);
