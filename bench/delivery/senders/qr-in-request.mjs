import { pathToFileURL } from 'node:url';
import { libraryPath } from '../library-path.mjs';
import * as qr from './qr.mjs';

/** `@qr/common` with error tracking on, called from within one request, job or the like: each event gets the id of its trace. */
export const { limits, track, flush, close, stats } = qr;

let library;

export async function start(url, settings) {
  // As good as never sampled, as nine of ten requests are; which of ten it would be must not differ between rounds.
  process.env.SENTRY_TRACES_SAMPLE_RATE = '1e-9';
  library = await import(pathToFileURL(libraryPath).href);
  library.initializeSentry('benchmark', `${url.replace('://', '://key@')}/1`);
  await qr.start(url, settings);
}

/** Runs a job in the scope of a request. */
export const within = (job) => library.withJobContext({ name: 'benchmark' }, job);
