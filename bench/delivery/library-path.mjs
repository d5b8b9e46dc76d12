import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const built = join(import.meta.dirname, '../../packages/common/dist/index.js');

/** The build of `@qr/common` that is measured: this checkout's, or the one that `QR_COMMON_DIST` names. */
export const libraryPath = resolve(process.env.QR_COMMON_DIST ?? built);

const serverEntry = join(dirname(libraryPath), 'server.js');
/** Its entry for servers. Older builds have one entry for everything. */
export const serverPath = existsSync(serverEntry) ? serverEntry : libraryPath;
