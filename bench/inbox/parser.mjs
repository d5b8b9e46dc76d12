import { join } from 'node:path';

const MEGABYTE = 1_000_000;
const SIZES = [1, 2, 4, 8, 16];
const ROUNDS = 25;
const PARSER = join(import.meta.dirname, '../../packages/inbox/dist/sentry/envelope.js');

/** Envelopes of growing size in three shapes; the time of each is its fastest round, as other work can only slow one down. */
export async function measureParser() {
  const { parseEnvelope } = await import(PARSER);
  const parse = (body) => {
    const result = parseEnvelope(body);
    if (!result.ok) throw new Error(`the benchmark's own envelope is refused: ${result.detail}`);
  };
  return [
    ['small items without a length', manyItems],
    ['small items with a length', manyItemsWithLength],
    ['one event of text without a length', oneEvent],
  ].map(([shape, make]) => {
    const bodies = SIZES.map((size) => make(size * MEGABYTE));
    // Compiled code for everyone, not for whoever comes last.
    for (let round = 0; round < 5; round += 1) for (const body of bodies) parse(body);
    const samples = bodies.map((body, index) => {
      const rounds = Array.from({ length: ROUNDS }, () => timeOf(parse, body)).sort((left, right) => left - right);
      return { megabytes: SIZES[index], ms: rounds[0], rounds };
    });
    const [first, last] = [samples[0], samples.at(-1)];
    return { shape, ratio: last.ms / first.ms / (last.megabytes / first.megabytes), samples };
  });
}

function timeOf(parse, body) {
  const started = performance.now();
  parse(body);
  return performance.now() - started;
}

function manyItems(bytes) {
  return filled(bytes, '{"type":"session"}\n{"sid":"0123456789abcdef","status":"ok"}\n');
}

function manyItemsWithLength(bytes) {
  const payload = '{"sid":"0123456789abcdef","status":"ok"}';
  return filled(bytes, `{"type":"session","length":${payload.length}}\n${payload}\n`);
}

function oneEvent(bytes) {
  return Buffer.from(`{}\n{"type":"event"}\n{"message":"${'x'.repeat(bytes)}"}\n`);
}

function filled(bytes, item) {
  return Buffer.from(`{}\n${item.repeat(Math.floor(bytes / item.length))}`);
}
