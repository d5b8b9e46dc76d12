import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openDatabase } from '../../packages/database/dist/index.js';
import { startOwnPostgres } from '../../scripts/cluster/own-servers.mjs';
import { readRecords } from '../../services/analytics-service/dist/import-body.js';
import { readScan } from '../../services/analytics-service/dist/scan-record.js';
import { createStore } from '../../services/analytics-service/dist/store.js';
import { freePort } from './redis.mjs';
import { createScanRecords } from './scans.mjs';

const SCANS = 100_000;
const RECORDS_EACH = 2000;
/** How many scans a code has on the day. */
export const DENSITIES = [10, 100, 1000];
const DAYS_AT_ONCE = 500;
/** Linux counts CPU time in these. */
const TICKS_PER_SECOND = 100;
const TABLES = ['scans', 'daily_scans', 'daily_visitors', 'dirty_days'];

/** What 100,000 scans take in a real PostgreSQL, before and after they are rolled up, and what it costs to get them there. */
export async function measureStorage({ log }) {
  const samples = [];
  for (const density of DENSITIES) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-cluster-postgres-'));
    const server = await startOwnPostgres({ folder, port: await freePort() });
    try {
      const sample = await fillAndRollUp({ folder, url: server.url, density });
      samples.push({ density, loadAverage: loadavg()[0], ...sample });
      const { rows, bytes } = sample.rolledUp;
      log(
        `storage: ${density} scans a code: ${bytes.scans / SCANS} bytes a scan, ${rows.daily_scans} rows of ${SCANS} scans`,
      );
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { samples };
}

async function fillAndRollUp({ folder, url, density }) {
  const migrationsFolder = join(import.meta.dirname, '../../services/analytics-service/migrations');
  const database = await openDatabase({ url, schema: 'analytics', migrationsFolder });
  const store = createStore(database.db);
  const ask = async (text) => (await database.pool.query(text)).rows[0];
  const usage = async () => ({
    serviceUs: serviceCpuUs(),
    databaseUs: databaseCpuUs(folder),
    walBytes: Number((await ask(`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as bytes`)).bytes),
  });
  const sizes = async () => {
    const rows = {};
    const bytes = {};
    for (const table of TABLES) {
      await database.pool.query(`vacuum analyze analytics.${table}`);
      const name = `analytics.${table}`;
      const found = await ask(
        `select count(*)::int as rows, pg_total_relation_size('${name}')::float8 as bytes from ${name}`,
      );
      rows[table] = found.rows;
      bytes[table] = found.bytes;
    }
    return { rows, bytes };
  };
  try {
    const day = Date.now();
    const nextRecords = createScanRecords({ codes: SCANS / density, time: day });
    const limits = { oldestDay: '2000-01-01', now: day };
    const bodies = Array.from({ length: SCANS / RECORDS_EACH }, () =>
      gzipSync(JSON.stringify(nextRecords(RECORDS_EACH))),
    );
    const start = await usage();
    for (const body of bodies) {
      const records = await readRecords(body, 'gzip');
      await store.insertScans(records.map((record) => readScan(record, limits)));
    }
    const inserted = await usage();
    const before = await sizes();
    const vacuumed = await usage();
    while ((await store.rollUp(DAYS_AT_ONCE)) > 0);
    const rolled = await usage();
    const rolledUp = await sizes();
    // One more scan for each code, and all of its day is counted again.
    await store.insertScans(nextRecords(SCANS / density).map((record) => readScan(record, limits)));
    const more = await usage();
    while ((await store.rollUp(DAYS_AT_ONCE)) > 0);
    return {
      ...{ before, rolledUp },
      insert: aScan(start, inserted),
      rollUp: aScan(vacuumed, rolled),
      rollUpAgain: aScan(more, await usage()),
    };
  } finally {
    await database.close();
  }
}

function aScan(from, to) {
  return Object.fromEntries(Object.keys(from).map((name) => [name, (to[name] - from[name]) / SCANS]));
}

function serviceCpuUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Of the server and of all processes that it has at the moment: those of our connections stay. */
function databaseCpuUs(folder) {
  const server = readFileSync(join(folder, 'files/postmaster.pid'), 'utf8').split('\n')[0];
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const ticks = processes.reduce((sum, pid) => sum + ticksOf(pid, server), 0);
  return (ticks / TICKS_PER_SECOND) * 1e6;
}

/** proc(5): after the name in brackets the parent's id is field 1, user and system time are 11 and 12. */
function ticksOf(pid, server) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return pid === server || fields[1] === server ? Number(fields[11]) + Number(fields[12]) : 0;
  } catch {
    // It has ended.
    return 0;
  }
}
