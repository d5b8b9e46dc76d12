import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Member, startCluster } from '../../scripts/cluster/cluster.mjs';
import { type OwnServer, startOwnPostgres, startOwnRedis } from '../../scripts/cluster/own-servers.mjs';
import { freePorts, type Ports } from '../../scripts/platform/ports.mjs';
import { developmentSecrets } from '../../scripts/platform/secrets.mjs';

/** A cluster with servers of its own, to be broken. */
export interface ChaosCluster {
  readonly ports: Ports;
  /** Of the instances of routing-service. */
  readonly routingPorts: readonly number[];
  readonly web: string;
  readonly inbox: string;
  readonly postgres: OwnServer;
  readonly redis: OwnServer;
  /** Where the spools of the services lie. */
  readonly spools: string;
  readonly lines: readonly string[];
  /** Those whose name begins so. */
  members(name: string): readonly Member[];
  /** Has something done once everything has ended, before the folder goes. */
  beforeRemoval(act: () => void): void;
  /** Ends everything but the inbox, in order. */
  stopServices(): Promise<void>;
  stop(): Promise<void>;
}

interface ChaosClusterOptions {
  readonly keepsRedisData: boolean;
  readonly shippers: number;
}

/** Starts PostgreSQL, Redis and the platform on free ports, in a folder that goes away. */
export async function startChaosCluster(options: ChaosClusterOptions): Promise<ChaosCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'qr-chaos-'));
  // The database servers are another user's.
  await chmod(folder, 0o755);
  const [ports, more] = [await freePorts(0), await freePorts(1)];
  const closing: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const closeAll = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const postgres = await startOwnPostgres({ folder: join(folder, 'postgres'), port: more.database });
    closing.push(postgres.stop);
    const keepsData = options.keepsRedisData;
    const redis = await startOwnRedis({ folder: join(folder, 'redis'), port: more.inbox, keepsData });
    closing.push(redis.stop);
    const lines: string[] = [];
    const webRoot = join(folder, 'page');
    mkdirSync(webRoot);
    const routingPorts = [ports.routing, more.routing];
    const cluster = await startCluster({
      ports,
      dataDir: folder,
      webRoot,
      secrets: developmentSecrets(folder),
      env: { DATABASE_URL: postgres.url, INBOX_KEEP_RAW: '0' },
      cluster: {
        instances: { routing: routingPorts, analytics: [ports.analytics, more.analytics] },
        shippers: options.shippers,
        redisUrl: redis.url,
      },
      log: (line, name) => void lines.push(`[${name}] ${line}`),
    });
    closing.push(cluster.stop);
    return {
      ...{ ports, routingPorts, postgres, redis, lines },
      web: `http://127.0.0.1:${ports.web}`,
      inbox: `http://127.0.0.1:${ports.inbox}`,
      spools: join(folder, 'spool'),
      members: (name) => cluster.members.filter((member) => member.name.startsWith(name)),
      // What was put there first comes last.
      beforeRemoval: (act) => void closing.splice(1, 0, async () => act()),
      stopServices: cluster.stopServices,
      stop: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
