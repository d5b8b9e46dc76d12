import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from './cli/options.mjs';
import { installForProduction, MOST_MB, workspacesOf } from './container/install.mjs';

readOptions({
  name: 'npm run install-size',
  about:
    'Installs the production dependencies of each service and the inbox, and prints their size. Takes a minute or two.',
});
const deployed = workspacesOf(join(import.meta.dirname, '..')).flatMap(({ folder }) => {
  if (/^(services|apps)\//.test(folder)) return [[folder]];
  // With the config, as in its image.
  return folder === 'packages/inbox' ? [[folder, 'observability']] : [];
});

console.log(`${'MB of dependencies'.padEnd(28)}  as npm installs it  in an image`);
for (const folders of deployed) {
  const target = mkdtempSync(join(tmpdir(), 'qr-observability-install-'));
  try {
    const { installedMb, keptMb } = installForProduction(folders, target);
    const isTooLarge = keptMb > MOST_MB;
    if (isTooLarge) process.exitCode = 1;
    const mark = isTooLarge ? `  more than ${MOST_MB}` : '';
    console.log(
      `${String(folders[0]).padEnd(28)}  ${String(installedMb).padStart(18)}  ${String(keptMb).padStart(11)}${mark}`,
    );
  } finally {
    rmSync(target, { recursive: true });
  }
}
