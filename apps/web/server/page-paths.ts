/** Answers of services, and files: programs ask for these, not people. */
// `/debug` itself is a page of the app.
const FOR_PROGRAMS = /^\/(?:(?:api|assets|documentation|health|import|internal|o)(?:\/|$)|debug\/)/;
const SCAN = /^\/scan(?:\/|$)/;
const FILE = /\.\w+$/;

/** Returns whether a path is a scan address, to which people come with the camera of a phone. */
export function isScanPath(path: string): boolean {
  return SCAN.test(path);
}

/** Returns whether people open a path in a browser: a page of the app, a scan address, a microsite. */
export function isPagePath(path: string): boolean {
  return isScanPath(path) || !(FOR_PROGRAMS.test(path) || FILE.test(path));
}
