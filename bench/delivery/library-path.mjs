import { join, resolve } from 'node:path';

const built = join(import.meta.dirname, '../../packages/common/dist/index.js');

/** The build of `@qr/common` that is measured: this checkout's, or the one that `QR_COMMON_DIST` names. */
export const libraryPath = resolve(process.env.QR_COMMON_DIST ?? built);
