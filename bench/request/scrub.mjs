import { redact, scrubText } from '../../packages/telemetry/dist/privacy/index.js';

const MEGABYTE = 1_000_000;
const SIZES = [1, 10];
const ROUNDS = 5;

/** Texts that make careless patterns look at the same characters again and again. */
const hostile = {
  'e-mail local parts': 'a.b-c_d+',
  'at signs': 'a@',
  'token beginnings': 'eyJhbGciOi',
  digits: '4111 1111 ',
  'URL schemes': '://a:',
  'key beginnings': '-----BEGIN PRIVATE KEY-----\n',
  'secret pairs': 'password=',
  spaces: ' ',
  'IBAN beginnings': 'DE89 3704 ',
  quotes: "'",
  'query values': '?a=b&',
  'percent signs': '%40',
};

/** Milliseconds for hostile texts of 1 and 10 MB, as text and as a value. */
export async function measureScrubber({ log }) {
  const samples = [];
  for (const [name, unit] of Object.entries(hostile)) {
    for (const [way, scrub] of Object.entries({ scrubText, redact: (text) => redact({ message: text }) })) {
      const ms = SIZES.map((size) => {
        const text = unit.repeat(Math.ceil((size * MEGABYTE) / unit.length)).slice(0, size * MEGABYTE);
        return fastest(() => scrub(text));
      });
      samples.push({ name, way, ms });
      log(
        `scrubber, ${name}, ${way}: ${ms.map((value) => value.toFixed(1)).join(' and ')} ms at ${SIZES.join(' and ')} MB`,
      );
    }
  }
  return { samples };
}

function fastest(work) {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    work();
    best = Math.min(best, performance.now() - from);
  }
  return best;
}
