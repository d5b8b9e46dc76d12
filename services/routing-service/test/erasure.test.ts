import { afterAll, expect, it } from 'vitest';
import { lunch, observe, serviceToken, startApp, startQrService } from './start-app.ts';

const { inbox, settle, stop } = await observe();
afterAll(() => stop());

it('scans that wait for delivery go with the owner of the code, and those of others stay', async () => {
  const qrService = await startQrService(async ({ params: { id } }) => ({
    ...lunch,
    id,
    ownerId: id === lunch.id ? 'owner-who-leaves' : 'owner-who-stays',
    status: 'active',
  }));
  const { app } = startApp(qrService.url);
  inbox.faults.add({ endpoint: 'import', fault: { kind: 'status', status: 503 } });
  for (const id of [lunch.id, 'OTHER-code_1']) expect((await app.inject(`/scan/${id}`)).statusCode).toBe(302);
  await settle();
  expect(inbox.events()).toEqual([]);

  const erase = (headers: Record<string, string>) =>
    app.inject({ method: 'DELETE', url: '/internal/users/owner-who-leaves', headers });
  expect((await erase({})).statusCode).toBe(401);
  expect((await erase({ authorization: `Bearer ${serviceToken}` })).statusCode).toBe(204);
  // Nor is the code remembered: its next scan would name them again.
  qrService.answer = async (_request, reply) => reply.code(404).send();
  expect((await app.inject(`/scan/${lunch.id}`)).statusCode).toBe(404);
  expect((await app.inject('/scan/OTHER-code_1')).statusCode).toBe(302);
  inbox.faults.clear();
  await settle();
  await inbox.waitFor(() => inbox.events().length > 2, 15_000);
  const owners = inbox.events().map(({ properties }) => properties['qr_owner_id']);
  expect(owners.toSorted()).toEqual(['owner-who-stays', 'owner-who-stays', undefined]);
});
