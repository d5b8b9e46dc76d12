import fc from 'fast-check';
import { oddName, oddText, oddValue } from './odd-values.ts';
import { GOOD, type ReadRoute, requiredOf } from './read-routes.ts';

/** Values that have a meaning for some parameter, well-formed or nearly so. */
const MEANINGFUL = [
  ...[
    '1',
    '0',
    '-1',
    '1.5',
    '100000',
    '1e3',
    '0x10',
    '9007199254740993',
    'true',
    'null',
    'UTC',
    'Europe/Prague',
    'Mars/Olympus',
  ],
  ...['2026-11-20', '2026-02-30', '0000-00-00', '9999-12-31', '2026-11-20T00:00:00', '2026-11-20T00:00:00+99:99'],
  ...[
    'day',
    'hour',
    'minute',
    'month',
    'unique',
    'general',
    'average',
    'calendar',
    'rolling',
    'errors',
    'spans',
    'error',
    'event',
  ],
  ...[
    'count()',
    'p95(span.duration)',
    'p100(span.duration)',
    'is_transaction:true',
    'span.op:http.server',
    'is:unresolved',
  ],
  ...[
    'properties["ip"]',
    'properties["toString"] == 1',
    'not (',
    '((((((((',
    'defined(properties["a"]) and',
    'properties["a"] in [1, "2"]',
  ],
  ...[
    '["a"]',
    '["a", "a"]',
    '[{"event":"a","where":"("}]',
    '[{"event":{"toString":1}}]',
    '[]',
    '{}',
    '{"all":[{"any":[]}]}',
  ],
  ...[
    '{"event":"Signed up","at_least":1e308}',
    '{"event":"a","last_days":-1}',
    '{"profile":"properties[\\"$name\\"] == \\"Ann\\""}',
  ],
  ...['{"all":'.repeat(50), '['.repeat(1000), `{"event":"${'x'.repeat(3000)}"}`],
];

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...MEANINGFUL) },
  { weight: 1, arbitrary: oddText.map((text) => text.slice(0, 3000)) },
  { weight: 1, arbitrary: oddValue.map((each) => (JSON.stringify(each) ?? '').slice(0, 3000)) },
);

/** An address of a reading route with parameters that are missing, odd, repeated or unknown. */
export function oddAddress(routes: readonly ReadRoute[]): fc.Arbitrary<string> {
  return fc.constantFrom(...routes).chain(({ path, parameters }) => {
    const names = parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name);
    const name = names.length === 0 ? oddName : fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...names) }, oddName);
    // What a route insists on is mostly there, so that the others are looked at too.
    const required = requiredOf(parameters);
    return fc
      .tuple(
        fc.array(fc.tuple(name, value), { maxLength: 4 }),
        fc.array(value, { minLength: 3, maxLength: 3 }),
        fc.nat(9),
      )
      .map(([pairs, ids, keep]) => {
        const good = keep === 0 ? [] : required.map(({ name: each }) => [each, GOOD[each] ?? '1'] as const);
        const given = new Set(pairs.map(([each]) => each));
        const all = [...good.filter(([each]) => keep < 3 || !given.has(each)), ...pairs];
        const query = all.map(([each, text]) => `${encode(each)}=${encode(text)}`).join('&');
        const filled = path.replace(/\{\w+\}/g, () => encode(ids.pop() ?? '').slice(0, 200) || 'x');
        return `${filled}?${query}`;
      });
  });
}

/** Halves of characters, which no address can hold, become U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}
