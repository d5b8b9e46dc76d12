import { randomBytes, randomUUID } from 'node:crypto';

const DEVICES = ['mobile', 'tablet', 'desktop', 'bot', 'unknown'];
const BROWSERS = ['Chrome', 'Safari', 'Firefox', 'Microsoft Edge', 'Samsung Internet for Android', 'unknown'];
const COUNTRIES = ['DE', 'FR', 'US', 'IN', 'BR', 'JP', 'unknown'];
/** Enough for no two records of one batch to look alike, few enough to be made once. */
const VARIETY = 4096;

const visitors = Array.from({ length: VARIETY }, () => `$device:${randomBytes(16).toString('hex')}`);
/** Scans gather on the codes of few accounts. */
const owners = Array.from({ length: 64 }, () => randomUUID());
const scanTimes = Array.from({ length: VARIETY }, (_, index) =>
  new Date(Date.UTC(2026, 5, 1, 9) + index * 37).toISOString(),
);

export const EVENT_NAME = 'qr_scanned';

/** Who scanned. Together with the seven properties of {@link scanProperties}: the eight-property event of every figure. */
export const visitorOf = (n) => visitors[n % VARIETY];

/** The properties of the `n`-th scan. `qr_id` carries `n`, by which the receiver knows what arrived. */
export function scanProperties(n) {
  return {
    qr_id: `qr_${n}`,
    qr_owner_id: owners[(n * 7) % 64],
    device_type: DEVICES[n % 5],
    browser: BROWSERS[n % 6],
    country: COUNTRIES[n % 7],
    is_bot: n % 11 === 0,
    scan_time: scanTimes[n % VARIETY],
  };
}

/**
 * The properties with the visitor among them, for those who want it there. Copied by name: a spread costs more than the
 * `JSON.stringify` that it is measured beside.
 */
export const propertiesOf = (visitor, given) => ({
  qr_id: given.qr_id,
  qr_owner_id: given.qr_owner_id,
  device_type: given.device_type,
  browser: given.browser,
  country: given.country,
  is_bot: given.is_bot,
  scan_time: given.scan_time,
  distinct_id: visitor,
});

/** The smallest record that Mixpanel's `/import?strict=1` takes: what the floors encode. */
export const importRecord = (visitor, given) => ({
  event: EVENT_NAME,
  properties: {
    qr_id: given.qr_id,
    qr_owner_id: given.qr_owner_id,
    device_type: given.device_type,
    browser: given.browser,
    country: given.country,
    is_bot: given.is_bot,
    scan_time: given.scan_time,
    distinct_id: visitor,
    time: Date.now(),
    $insert_id: randomUUID(),
  },
});
