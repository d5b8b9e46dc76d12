import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { lockFolder } from '../../src/embedded/embedded-database.ts';
import { temporaryFolder } from '../migrations-folder.ts';

it('lets one owner into a folder, and the next one once it is released', async () => {
  await using folder = await temporaryFolder();
  const release = await lockFolder(folder.path);
  await expect(lockFolder(folder.path)).rejects.toThrow(`${folder.path} is in use by another embedded database`);
  await release();
  const releaseAgain = await lockFolder(folder.path);
  await releaseAgain();
});

it('passes to the next owner when a process is killed', async () => {
  await using folder = await temporaryFolder();
  const source = new URL('../../src/embedded/embedded-database.ts', import.meta.url);
  const script = `import { lockFolder } from ${JSON.stringify(source.href)};
    await lockFolder(${JSON.stringify(folder.path)});
    console.log('locked');
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script]);
  await once(owner.stdout, 'data');
  await expect(lockFolder(folder.path)).rejects.toThrow('is in use');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  const release = await lockFolder(folder.path);
  await release();
});
