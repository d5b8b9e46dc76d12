/** The Chromium that the browser tests use, if there is one. */
export function findChromium(): string | undefined;
/** {@link findChromium}; where there is none, one is installed if that is possible. */
export function findOrInstallChromium(): string | undefined;
