const COUNTRIES = { DE: 60, FR: 12, US: 8, IN: 6, BR: 5, JP: 3, unknown: 6 };
const DEVICES = { mobile: 86, desktop: 8, tablet: 4, bot: 2 };
const BROWSERS = {
  Safari: 42,
  Chrome: 38,
  'Samsung Internet for Android': 12,
  Firefox: 4,
  'Microsoft Edge': 2,
  unknown: 2,
};
/** Of a hundred scans so many are of somebody who has not scanned on that day. */
const NEW_VISITORS_A_HUNDRED = 85;
const CODES_AN_OWNER = 5;

/**
 * Records of scans as they come from routing-service, all of one day, spread evenly over codes: kinds are as uneven as visitors are. The same in
 * every run.
 */
export function createScanRecords({ codes, time }) {
  const draw = createDraw(12_345);
  let number = 0;
  let visitors = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const code = number++ % codes;
      if (draw() * 100 < NEW_VISITORS_A_HUNDRED) visitors++;
      const device = pick(DEVICES, draw());
      return {
        event: 'qr_scanned',
        properties: {
          time,
          $insert_id: `${hex(number, 16)}-${number % 2000}`,
          distinct_id: `$device:${hex(visitors, 32)}`,
          qr_id: hex(code, 10),
          qr_owner_id: uuid(Math.floor(code / CODES_AN_OWNER)),
          device_type: device,
          browser: pick(BROWSERS, draw()),
          country: pick(COUNTRIES, draw()),
          is_bot: device === 'bot',
        },
      };
    });
}

function pick(weights, drawn) {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  let left = drawn * total;
  for (const [name, weight] of Object.entries(weights)) {
    left -= weight;
    if (left < 0) return name;
  }
  return Object.keys(weights).at(-1);
}

/** Multiplied by an odd number, so that neighbours are far apart, as random ids are: indexes fill up differently by it. */
const hex = (value, digits) =>
  BigInt.asUintN(64, BigInt(value + 1) * 0x9e37_79b9_7f4a_7c15n)
    .toString(16)
    .padStart(16, '0')
    .repeat(2)
    .slice(0, digits);
const uuid = (value) => hex(value, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Numerical Recipes' linear congruential generator. */
function createDraw(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
