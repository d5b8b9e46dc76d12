import { postgresAvailable } from '@qr/database/testing';
import { describe, expect, it } from 'vitest';
import { redisAvailable } from '../packages/common/test/real-redis.ts';
import { chaosRun } from './chaos/chaos-run.ts';
import { fewFaults } from './chaos/faults.ts';

const SEED = 1;

// Their programs are what is needed: the cluster starts servers of its own. `npm run test:soak` breaks everything, with twenty seeds.
describe.skipIf(!(await postgresAvailable()) || !(await redisAvailable()))(
  'a cluster of which parts are killed',
  () => {
    it(`loses no event, no scan of a replicated service and no error, with seed ${SEED}`, {
      timeout: 240_000,
    }, async () => {
      const { rows, findings, tracked, lost } = await chaosRun({ seed: SEED, faults: fewFaults, scansPerSecond: 20 });
      console.table(rows);
      expect(findings).toEqual([]);
      expect(lost).toBe(0);
      expect(tracked).toBeGreaterThan(100);
      expect(rows.map(({ fault }) => fault)).toEqual(['SIGKILL routing-service', 'kill Redis', 'rolling restart']);
    });
  },
);
