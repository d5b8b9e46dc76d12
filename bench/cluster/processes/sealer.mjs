// Makes batches as the library seals them, each of other events, and writes their bodies into a folder.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  closeObservability,
  flushObservability,
  initializeMixpanel,
  trackEvent,
} from '../../../packages/common/dist/index.js';
import { EVENT_NAME, scanProperties, visitorOf } from '../../delivery/event.mjs';
import { serve } from './serve.mjs';

const FLUSH_TIMEOUT_MS = 10_000;

async function seal({ folder, batches, recordsEach }) {
  let sealed = 0;
  let bytes = 0;
  let inflatedBytes = 0;
  const transport = {
    async send(_lane, { body, records }) {
      writeFileSync(join(folder, `${sealed++}.json.gz`), body);
      bytes += body.length;
      inflatedBytes += gunzipSync(body).length;
      return {
        status: 200,
        headers: {},
        body: JSON.stringify({ code: 200, num_records_imported: records, status: 'OK' }),
      };
    },
    close: async () => {},
  };
  initializeMixpanel('benchmark-token', { transport });
  for (let number = 1; number <= batches * recordsEach; number++) {
    trackEvent(EVENT_NAME, visitorOf(number), scanProperties(number));
    if (number % recordsEach === 0) await flushObservability(FLUSH_TIMEOUT_MS);
  }
  await closeObservability(FLUSH_TIMEOUT_MS);
  if (sealed !== batches) throw new Error(`Expected ${batches} batches, sealed ${sealed}.`);
  return { bytes, inflatedBytes };
}

serve({ seal });
