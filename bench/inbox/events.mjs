import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A request body as the backend library seals one: gzipped JSON of so many scans, each of some 450 bytes. */
export function sealedBatch(size) {
  const events = Array.from({ length: size }, scanEvent);
  const json = JSON.stringify(events);
  return { body: gzipSync(json, { level: 1 }), bytes: json.length };
}

function scanEvent() {
  return {
    event: 'qr_scanned',
    properties: {
      token: 'inbox-token',
      time: Date.now(),
      distinct_id: `visitor-${Math.floor(Math.random() * 50_000)}`,
      $insert_id: randomUUID(),
      qr_id: randomUUID(),
      qr_owner_id: randomUUID(),
      device_type: 'mobile',
      country: 'CZ',
      browser: 'Chrome Mobile',
      os: 'Android',
      trace_id: randomUUID().replaceAll('-', ''),
      service: 'routing-service',
      $lib_version: '1.0.0',
      mp_lib: 'node',
      referrer_host: 'example.com',
      is_first_scan: false,
    },
  };
}
