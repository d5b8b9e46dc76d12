import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.mjs';

const ERRORS = 1000;
const KINDS = [
  { label: 'sent', budget: '0' },
  { label: 'counted only', budget: '5000' },
];

/** What an error costs that is sent, and one that the budget only counts. */
export async function measureErrors({ rounds, log }) {
  const samples = [];
  const problems = [];
  for (let round = 0; round < rounds; round++) {
    for (const { label, budget } of KINDS) {
      const spool = mkdtempSync(join(tmpdir(), 'bench-cluster-'));
      const reporter = startChild('reporter', {
        env: {
          NODE_ENV: 'production',
          LOG_LEVEL: 'error',
          PII_HASH_KEY: 'a key of the benchmark, 32 characters',
          SENTRY_ERROR_BUDGET_PER_MONTH: budget,
          OBSERVABILITY_SPOOL_DIR: spool,
        },
      });
      const sample = await reporter.ask('measure', { count: ERRORS });
      await reporter.stop();
      rmSync(spool, { recursive: true, force: true });
      samples.push({ round, label, ...sample });
      if (label === 'sent' && sample.envelopes !== ERRORS)
        problems.push(`errors: expected ${ERRORS} envelopes, got ${sample.envelopes}.`);
      log(`errors, round ${round + 1}: ${label}: ${sample.cpuUs.toFixed(0)} us of CPU`);
    }
  }
  return { samples, problems };
}
