import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosCluster } from './chaos-cluster.ts';

/** Something that goes wrong, until it is over. */
export interface Fault {
  readonly name: string;
  /** Whether every scan must be answered all the same. */
  readonly sparesScans?: boolean;
  /** Breaks something, and resolves when everything is whole again; tells of processes that were killed. */
  readonly run: (cluster: ChaosCluster, random: () => number, onKill: () => void) => Promise<void>;
}

/** How long something stays broken. */
const OUTAGE_MS = 3000;

/** An instance of a service is gone at once, and another comes in its place after a while. */
function killed(service: string, options: { readonly sparesScans?: boolean } = {}): Fault {
  return {
    name: `SIGKILL ${service}`,
    ...options,
    async run(cluster, random, onKill) {
      const instances = cluster.members(service);
      const member = instances[Math.floor(random() * instances.length)];
      if (!member) throw new Error(`There is no ${service} in the cluster.`);
      member.kill();
      onKill();
      await sleep(500);
      await member.start();
    },
  };
}

/** The vendor answers badly, on every lane. */
function vendor(name: string, fault: object): Fault {
  return {
    name: `vendor ${name}`,
    sparesScans: true,
    async run({ inbox }) {
      for (const endpoint of ['import', 'engage', 'envelope']) {
        const response = await fetch(`${inbox}/api/faults`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ endpoint, fault }),
        });
        if (!response.ok) throw new Error(`The inbox refused a fault: ${await response.text()}`);
      }
      await sleep(OUTAGE_MS);
      await fetch(`${inbox}/api/faults`, { method: 'DELETE' });
    },
  };
}

const killRedis: Fault = {
  name: 'kill Redis',
  sparesScans: true,
  async run({ redis }) {
    await redis.kill();
    await sleep(OUTAGE_MS);
    await redis.start();
  },
};

const killPostgres: Fault = {
  name: 'kill PostgreSQL',
  sparesScans: true,
  async run({ postgres }) {
    await postgres.kill();
    await sleep(OUTAGE_MS);
    await postgres.start();
  },
};

/** One process after the other, each ready before the next goes, as a deploy does; not the one public door, of which there is one only. */
function rollingRestart(services: readonly string[]): Fault {
  return {
    name: 'rolling restart',
    sparesScans: true,
    async run(cluster) {
      for (const member of services.flatMap((service) => cluster.members(service))) {
        await member.stop();
        await member.start();
      }
    },
  };
}

/** The disk under the spool of routing-service has no byte left. Needs a file system of its own, which only root may mount. */
const fullDisk: Fault = {
  name: 'spool disk full',
  sparesScans: true,
  async run({ spools }) {
    const filler = join(spools, 'routing-service', 'filler');
    const { status } = spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { stdio: 'ignore' });
    // dd ends with 1 when the disk is full: that is the point.
    if (status === 0) throw new Error('The disk of the spool did not become full.');
    writeRest(join(spools, 'routing-service', 'filler-rest'));
    await sleep(OUTAGE_MS);
    for (const name of ['filler', 'filler-rest']) rmSync(join(spools, 'routing-service', name), { force: true });
  },
};

/** The last bytes, which are fewer than a block of dd. */
function writeRest(path: string): void {
  try {
    for (let size = 32 * 1024; size >= 1; size /= 2) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
  } catch {
    // Now it is full.
  }
}

/** Gives a spool a small disk of its own; returns how to take it away, or `undefined` where that is not allowed. */
export function mountSmallDisk(folder: string): (() => void) | undefined {
  mkdirSync(folder, { recursive: true });
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'none', folder]).status !== 0) return undefined;
  return () => void spawnSync('umount', ['-l', folder]);
}

/** All of them, in the order in which they are told of. @param hasSmallDisk whether the spool of routing-service can be filled */
export function allFaults(hasSmallDisk: boolean): readonly Fault[] {
  return [
    killed('routing-service', { sparesScans: true }),
    killed('analytics-service', { sparesScans: true }),
    killed('shipper', { sparesScans: true }),
    killed('qr-service'),
    killed('auth-service', { sparesScans: true }),
    killed('microsite-service', { sparesScans: true }),
    killed('web'),
    killRedis,
    killPostgres,
    vendor('answers 503', { kind: 'status', status: 503 }),
    vendor('hangs', { kind: 'hang' }),
    vendor('answers 429', { kind: 'rate-limit', retryAfterSeconds: 1 }),
    ...(hasSmallDisk ? [fullDisk] : []),
    rollingRestart([
      'routing-service',
      'analytics-service',
      'shipper',
      'qr-service',
      'microsite-service',
      'auth-service',
    ]),
  ];
}

/** What the quick run breaks. */
export const fewFaults: readonly Fault[] = [
  killed('routing-service', { sparesScans: true }),
  killRedis,
  rollingRestart(['routing-service']),
];
