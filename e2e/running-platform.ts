import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyTemplate } from '../packages/database/src/testing/template.ts';
import { buildPage } from '../scripts/build.mjs';
import { startPlatform } from '../scripts/platform/platform.mjs';
import { freePorts } from '../scripts/platform/ports.mjs';
import { embeddedDatabaseUrl, pageVariables } from '../scripts/platform/processes.mjs';
import { developmentSecrets } from '../scripts/platform/secrets.mjs';

const dataDir = join(import.meta.dirname, '../.data');

interface PlatformSettings {
  /** Of an empty database. @default an embedded one */
  readonly databaseUrl?: string;
  /** Whether the page is built, which takes seconds. @default true */
  readonly hasPage?: boolean;
}

/** A platform of the test's own, on free ports, in a folder that goes away. */
export async function runPlatform({ databaseUrl, hasPage = true }: PlatformSettings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'qr-observability-e2e-'));
  // The demo makes the files of its database, as everybody's first start does.
  copyTemplate(join(folder, 'postgres'));
  const ports = await freePorts();
  // Within the repository, so that stacks name the sources as they lie there.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const webRoot = mkdtempSync(join(dataDir, 'page-'));
  if (hasPage) buildPage(webRoot, pageVariables(ports));
  const secrets = developmentSecrets(folder);
  const lines: string[] = [];
  const platform = await startPlatform({
    ports,
    dataDir: folder,
    webRoot,
    secrets,
    env: { INBOX_KEEP_RAW: '1', ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }) },
    log: (line, name) => lines.push(`[${name}] ${line}`),
  });
  return {
    ports,
    lines,
    folder,
    secrets,
    databaseUrl: databaseUrl ?? embeddedDatabaseUrl({ ports, secrets }),
    app: `http://localhost:${ports.web}`,
    inbox: `http://127.0.0.1:${ports.inbox}`,
    stop: async () => {
      await platform.stop();
      rmSync(webRoot, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
