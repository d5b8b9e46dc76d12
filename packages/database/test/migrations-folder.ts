import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface MigrationFixture {
  readonly tag: string;
  readonly when: number;
  readonly sql: string;
}

export const NOTES_MIGRATION: MigrationFixture = {
  tag: '0000_notes',
  when: 1_000,
  sql: `create table "shop"."notes" (
    "id" bigint generated always as identity primary key,
    "body" text not null unique,
    "at" timestamptz not null default now()
  );`,
};

export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'qr-database-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export async function writeMigrations(folder: string, migrations: readonly MigrationFixture[]): Promise<void> {
  await mkdir(join(folder, 'meta'), { recursive: true });
  const entries = migrations.map(({ tag, when }, idx) => ({ idx, version: '7', when, tag, breakpoints: true }));
  await writeFile(
    join(folder, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  );
  for (const { tag, sql } of migrations) await writeFile(join(folder, `${tag}.sql`), sql);
}
