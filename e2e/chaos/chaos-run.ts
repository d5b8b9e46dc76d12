import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../packages/common/test/crash/seeded-random.ts';
import { type ChaosCluster, startChaosCluster } from './chaos-cluster.ts';
import { allFaults, type Fault, mountSmallDisk } from './faults.ts';
import { countErrors, readEvents } from './inbox-records.ts';
import { type Asked, startLoad } from './load.ts';
import { createOwner, type Owner } from './owner.ts';
import { type ChaosReport, type FaultWindow, report } from './report.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** In this order; all of them in an order that the seed determines when left out. */
  readonly faults?: readonly Fault[];
  /** @default 40 */
  readonly scansPerSecond?: number;
  readonly log?: (line: string) => void;
}

const CODES = 5;
const SHIPPERS = 2;
/** Between two faults, so that what one does is not taken for the other's. */
const CALM_MS = 2000;
/** For what waits to be delivered, after the last fault. */
const DELIVERY_TIMEOUT_MS = 90_000;

/**
 * Breaks the cluster in several ways, one after the other, under a steady load, and compares what was answered with what arrived. Every second
 * seed runs on a Redis that keeps nothing.
 */
export async function chaosRun(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, scansPerSecond = 40, log = () => {} } = options;
  const random = seededRandom(seed);
  const cluster = await startChaosCluster({ keepsRedisData: seed % 2 === 1, shippers: SHIPPERS });
  try {
    const faults = options.faults ?? shuffled(allFaults(await moveToSmallDisk(cluster, log)), random);
    const owner = await createOwner(cluster.web, CODES);
    const load = startLoad({ web: cluster.web, codes: owner.codes, failing: failing(cluster), scansPerSecond, random });
    await sleep(CALM_MS);
    const windows: FaultWindow[] = [];
    for (const fault of faults) {
      windows.push(await breakIt(fault, cluster, random, log));
      await sleep(CALM_MS);
    }
    await load.stop();
    return await compare(cluster, owner, load.asked, windows, seed);
  } finally {
    await cluster.stop();
  }
}

async function breakIt(
  fault: Fault,
  cluster: ChaosCluster,
  random: () => number,
  log: (line: string) => void,
): Promise<FaultWindow> {
  log(`${fault.name} ...`);
  const kills: number[] = [];
  const start = Date.now();
  await fault.run(cluster, random, () => kills.push(Date.now()));
  return { name: fault.name, sparesScans: fault.sparesScans ?? false, start, end: Date.now(), kills };
}

/** Waits until everything that must arrive has arrived, or no more comes; then asks both sides. */
async function compare(
  cluster: ChaosCluster,
  owner: Owner,
  asked: readonly Asked[],
  windows: readonly FaultWindow[],
  seed: number,
): Promise<ChaosReport> {
  const { inbox } = cluster;
  const counts = async () => {
    const events = await readEvents(inbox);
    const ofOwner = new Map<string, number>();
    for (const code of owner.codes) ofOwner.set(code, await owner.scansOf(code));
    return { events, ofOwner };
  };
  const deadline = Date.now() + DELIVERY_TIMEOUT_MS;
  let found = report({ seed, asked, windows, ...(await counts()), errors: undefined });
  while (!found.isDelivered && Date.now() < deadline) {
    await sleep(1000);
    found = report({ seed, asked, windows, ...(await counts()), errors: undefined });
  }
  const { events, ofOwner } = await counts();
  // What was only counted is told of when a process ends.
  await cluster.stopServices();
  const errors = await countErrors(inbox, 'Deliberate error');
  return report({ seed, asked, windows, events, ofOwner, errors });
}

/** The services that fail on purpose: each instance that has a port of its own. */
function failing({ ports, routingPorts }: ChaosCluster) {
  return [
    ...routingPorts.map((port) => ({ name: 'routing-service', origin: `http://127.0.0.1:${port}` })),
    { name: 'auth-service', origin: `http://127.0.0.1:${ports.auth}` },
    { name: 'qr-service', origin: `http://127.0.0.1:${ports.qr}` },
  ];
}

/** Restarts routing-service on a spool with a disk of its own, where that is allowed; returns whether it is. */
async function moveToSmallDisk(cluster: ChaosCluster, log: (line: string) => void): Promise<boolean> {
  const instances = cluster.members('routing-service');
  for (const instance of instances) await instance.stop();
  const unmount = mountSmallDisk(join(cluster.spools, 'routing-service'));
  if (unmount) cluster.beforeRemoval(unmount);
  else log('No file system may be mounted here: the fault "spool disk full" is LEFT OUT.');
  for (const instance of instances) await instance.start();
  return unmount !== undefined;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
