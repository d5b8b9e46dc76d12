// A service that takes `buildServer` from the main entry. Prints the answer to a failing request, and whether error tracking is on.
import { buildServer, captureException, closeObservability, initializeSentry, observabilityStats } from '@qr/common';

async function main(): Promise<void> {
  initializeSentry('import-test');
  captureException(new Error('before the server'));
  const app = buildServer({ handleSignals: false, logger: false });
  app.get('/fail', async () => {
    throw new Error('broken');
  });
  const { statusCode, body } = await app.inject('/fail');
  console.log(JSON.stringify({ statusCode, errorId: JSON.parse(body).errorId, errors: observabilityStats().errors }));
  await app.close();
  await closeObservability(20_000);
}

void main();
