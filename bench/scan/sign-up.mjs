import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  closeObservability,
  createSessions,
  initializeMixpanel,
  initializeSentry,
} from '../../packages/common/dist/index.js';
import { openTestDatabase } from '../../packages/database/dist/testing/index.js';
import { buildApp } from '../../services/auth-service/dist/app.js';
import { hashPassword } from '../../services/auth-service/dist/passwords.js';
import { createStore } from '../../services/auth-service/dist/store.js';
import { startReceivers } from './receivers.mjs';

const SECRET = 'a-key-of-at-least-32-characters!';

/** What a sign-up costs, and how much of it is argon2: CPU and time of the whole process, one after the other. */
export async function measureSignUp({ rounds, log }) {
  const receivers = await startReceivers();
  const spool = mkdtempSync(join(tmpdir(), 'bench-sign-up-'));
  Object.assign(process.env, {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    OBSERVABILITY_SPOOL_DIR: spool,
    PII_HASH_KEY: SECRET,
    MIXPANEL_API_HOST: receivers.mixpanelUrl,
  });
  initializeSentry('auth-service', receivers.dsn);
  initializeMixpanel('bench-token');
  const database = await openTestDatabase({
    schema: 'auth',
    migrationsFolder: join(import.meta.dirname, '../../services/auth-service/migrations'),
    kind: 'embedded',
  });
  const app = await buildApp({
    store: createStore(database.db),
    sessions: createSessions({ secret: SECRET, secureCookies: true }),
    secureCookies: true,
    secret: SECRET,
    erasures: { services: [], run: async () => {}, start: () => () => {} },
  });
  await app.ready();
  let people = 0;
  const signUp = async () => {
    const payload = { email: `person-${++people}@example.com`, password: 'correct horse battery' };
    const { statusCode } = await app.inject({ method: 'POST', url: '/auth/signup', payload });
    if (statusCode !== 201) throw new Error(`A sign-up was answered ${statusCode}, expected 201.`);
  };
  const samples = [];
  await measure(signUp, 20);
  for (let round = 0; round < rounds; round++) {
    const work = { argon2: () => hashPassword('correct horse battery'), signUp };
    const order = round % 2 === 0 ? ['argon2', 'signUp'] : ['signUp', 'argon2'];
    const sample = { round };
    for (const name of order) sample[name] = await measure(work[name], 40);
    sample.argon2Share = sample.argon2.ms / sample.signUp.ms;
    samples.push(sample);
    log(`sign-up, round ${round + 1}: ${sample.signUp.ms.toFixed(1)} ms, argon2 ${sample.argon2.ms.toFixed(1)} ms`);
  }
  await app.close();
  await closeObservability();
  await database.cleanup();
  await receivers.stop();
  rmSync(spool, { recursive: true, force: true });
  return { samples };
}

/** Time and CPU of one, in ms. */
async function measure(work, times) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  for (let time = 0; time < times; time++) await work();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: (performance.now() - started) / times, cpuMs: (user + system) / 1000 / times };
}
