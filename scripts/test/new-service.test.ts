import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '@qr/alerts/config';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { servicesOf } from '../../packages/inbox/src/delivery/services.ts';
import { runInTest } from '../../packages/ops/test/run-in-test.ts';
import { config } from '../platform/config.mjs';
import { generatedFiles } from '../platform/generated.mjs';
import { wantedPorts } from '../platform/port-check.mjs';
import { freePorts, portsFrom } from '../platform/ports.mjs';
import { addressesOf, platformProcesses } from '../platform/processes.mjs';

interface Compose {
  readonly services: Readonly<
    Record<string, Readonly<Record<string, unknown>> & { environment: Record<string, string> }>
  >;
  readonly volumes: object;
}

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const NEW_PROJECTS = ['services/reviews-service/tsconfig.json', 'services/reviews-service/test/tsconfig.json'];
const files = {
  read,
  exists: (path: string) => NEW_PROJECTS.includes(path) || existsSync(join(root, path)),
};

/** The platform and one entry more. */
const grown = defineConfig({
  services: [...config.services.map(known), { name: 'reviews-service', port: 3006, database: 'reviews', instances: 2 }],
  web: { name: 'web-server', folder: 'apps/web', port: 3000 },
});

/** An entry as a person writes it, without what is left out. */
function known({ database, publishedPort, ...service }: (typeof config.services)[number]) {
  return {
    ...service,
    ...(database !== undefined && { database }),
    ...(publishedPort !== undefined && { publishedPort }),
  };
}

const generated = (services: Parameters<typeof generatedFiles>[0], path: string) =>
  generatedFiles(services, files).find((file) => file.path === path)?.content ?? '';

it.each(generatedFiles(config, files))(
  '$path lists the services of the config (else run `npm run generate`)',
  ({ path, content }) => {
    expect(content).toBe(read(path));
  },
);

it('the trace goes on in requests to a new service', () => {
  expect(generated(grown, 'packages/common/src/origin-variables.ts')).toContain("  'REVIEWS_SERVICE_URL',\n");
});

it('the folders of the services are those of the config', () => {
  for (const { folder, database } of config.services) {
    expect(existsSync(join(root, folder, 'package.json')), folder).toBe(true);
    expect(existsSync(join(root, folder, 'migrations')), folder).toBe(database !== undefined);
  }
});

describe('a service that the config has in addition', () => {
  const instances = { reviews: [7006, 7016] };
  const ports = portsFrom(7000, grown);

  it('has a port beside the others, also among free ones', async () => {
    expect(ports).toMatchObject({ web: 7000, auth: 7001, reviews: 7006, inbox: 8600 });
    expect(wantedPorts(ports)).toContainEqual({ name: 'reviews', port: 7006 });
    expect(Object.keys(await freePorts(0, grown))).toContain('reviews');
  });

  it('is started, with its migrations, and found by the others', () => {
    const options = { ports, dataDir: '/data', webRoot: '/page', secrets: {}, config: grown };
    const specs = platformProcesses(options).flat();
    const started = specs.find(({ name }) => name === 'reviews-service');
    expect(started).toMatchObject({
      cwd: join(root, 'services/reviews-service'),
      env: { PORT: '7006', OBSERVABILITY_SPOOL_DIR: '/data/spool/reviews-service' },
      readyUrl: 'http://127.0.0.1:7006/health/ready',
    });
    const { env } = specs.find(({ name }) => name === 'auth-service') ?? {};
    expect(env?.['REVIEWS_SERVICE_URL']).toBe('http://127.0.0.1:7006');
    expect(env?.['ERASURE_SERVICES']).toContain(',reviews-service=http://127.0.0.1:7006,web-server=');
    const database = specs.find(({ name }) => name === 'database');
    const migrations = `,reviews=${join(root, 'services/reviews-service/migrations')}`;
    expect(database?.env?.['EMBEDDED_DATABASE_MIGRATIONS']).toContain(migrations);
    expect(addressesOf(ports, '/data', { config: grown })).toMatchObject({
      REVIEWS_SERVICE_URL: 'http://127.0.0.1:7006',
    });
  });

  it('runs several times in a cluster', () => {
    const cluster = { instances, shippers: 1, redisUrl: 'redis://127.0.0.1:1' };
    const options = { ports, dataDir: '/data', webRoot: '/page', secrets: {}, config: grown, cluster };
    const names = platformProcesses(options).flatMap((group) => group.map(({ name }) => name));
    expect(names).toEqual(expect.arrayContaining(['reviews-service-1', 'reviews-service-2', 'auth-service']));
    expect(addressesOf(ports, '/data', { config: grown, instances })).toMatchObject({
      REVIEWS_SERVICE_URL: 'http://127.0.0.1:7006,http://127.0.0.1:7016',
    });
  });

  it('is asked by the inbox what it delivers', () => {
    const specs = platformProcesses({ ports, dataDir: '/data', webRoot: '/page', secrets: {}, config: grown }).flat();
    const inbox = specs.find(({ name }) => name === 'inbox');
    expect(inbox?.env?.['INBOX_SERVICES']).toContain(',reviews-service=http://127.0.0.1:7006,');
    expect(servicesOf(grown)).toContainEqual({ name: 'reviews-service', url: 'http://127.0.0.1:3006' });
  });

  it('is in compose.yaml, like the others', () => {
    const { services, volumes } = parse(generated(grown, 'compose.yaml'), { merge: true }) as Compose;
    const [first, second] = [services['reviews-service-1'], services['reviews-service-2']];
    expect(second).toEqual(first);
    expect(first).toMatchObject({
      image: 'qr-observability/reviews-service',
      build: { args: { SERVICE: 'reviews-service' } },
      volumes: ['spool-reviews:/var/spool/qr-observability'],
      networks: ['default', 'database'],
      depends_on: { postgres: { condition: 'service_healthy' } },
      read_only: true,
    });
    const origins = 'http://reviews-service-1:3000,http://reviews-service-2:3000';
    expect(services['qr-service']?.environment['REVIEWS_SERVICE_URL']).toBe(origins);
    expect(services['auth-service']?.environment['ERASURE_SERVICES']).toContain(
      'reviews-service=http://reviews-service-1:3000,reviews-service=http://reviews-service-2:3000',
    );
    expect(services['inbox']?.environment['INBOX_SERVICES']).toContain(
      'reviews-service-2=http://reviews-service-2:3000',
    );
    expect(services['web']?.['depends_on']).toHaveProperty('reviews-service-2');
    expect(volumes).toHaveProperty('spool-reviews');
  });

  it('is compiled and explained', () => {
    const pathsOf = (file: string) =>
      (JSON.parse(generated(grown, file)).references as { path: string }[]).map(({ path }) => path);
    expect(pathsOf('tsconfig.json')).toEqual(
      expect.arrayContaining(['services/reviews-service', 'services/reviews-service/test']),
    );
    expect(pathsOf('tsconfig.build.json')).toContain('services/reviews-service');
    const explained = generated(grown, '.env.example');
    expect(explained).toContain('3005 analytics, 3006 reviews\n');
    expect(explained).toContain(
      '# Origin of reviews-service, or those of its instances, separated by commas. Default http://127.0.0.1:3006\nREVIEWS_SERVICE_URL=\n',
    );
  });

  it('is erased from, and looked at by the doctor', async () => {
    const context = { root: '/nowhere', config: async () => grown };
    const env = { MIXPANEL_TOKEN: 'token', REVIEWS_SERVICE_URL: 'http://127.0.0.1:9' };
    const { out } = await runInTest(['forget', 'user-of-reviews'], { ...context, env });
    expect(out).toContain('reviews-service    removes the rows, at http://127.0.0.1:9');
    const fetch = async () => Response.json({}, { status: 503 });
    const doctor = await runInTest(['doctor', '--only', 'services'], { ...context, env, fetch });
    expect(doctor.out).toContain('reviews-service at http://127.0.0.1:9 answers 503 to /health/live.');
  });
});
