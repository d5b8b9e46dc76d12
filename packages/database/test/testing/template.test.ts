import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { copyTemplate, openTestDatabase } from '../../src/testing/index.ts';
import { templateFolder } from '../../src/testing/template.ts';
import { setup } from '../make-template.ts';
import { NOTES_MIGRATION, temporaryFolder, writeMigrations } from '../migrations-folder.ts';

it('the template was made before the tests, and is made once', async () => {
  expect(existsSync(`${templateFolder()}/PG_VERSION`)).toBe(true);
  const before = await readdir(`${templateFolder()}/..`);
  setup();
  expect(await readdir(`${templateFolder()}/..`)).toEqual(before);
});

it('databases from one template know nothing of each other, and leave the template as it was', async () => {
  await using folder = await temporaryFolder();
  await writeMigrations(folder.path, [NOTES_MIGRATION]);
  const open = () => openTestDatabase({ schema: 'shop', migrationsFolder: folder.path, kind: 'embedded' });
  const [first, second] = await Promise.all([open(), open()]);
  await first.pool.query(`insert into shop.notes (body) values ('of the first')`);
  expect((await second.pool.query('select body from shop.notes')).rows).toEqual([]);
  await Promise.all([first.cleanup(), second.cleanup()]);
  const third = await open();
  expect((await third.pool.query('select body from shop.notes')).rows).toEqual([]);
  await third.cleanup();
});

it('a copy has every file of the template', async () => {
  await using folder = await temporaryFolder();
  copyTemplate(folder.path);
  expect((await readdir(folder.path)).sort()).toEqual((await readdir(templateFolder())).sort());
});
