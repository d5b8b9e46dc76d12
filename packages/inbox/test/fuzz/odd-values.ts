import fc from 'fast-check';

/** Nested `depth` times, in lists and objects by turns. */
function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { values: value };
  return value;
}

const NUMBERS = [
  0,
  -0,
  -1,
  0.5,
  1e3,
  1.7e9,
  1.7e12,
  2 ** 31,
  2 ** 53,
  -(2 ** 53),
  8.64e15,
  8.64e15 + 1,
  1e21,
  -1e300,
  1.7e308,
];
const TEXTS = [
  ...['', ' ', '0', '-1', 'null', 'NaN', 'true', '[]', '{}', '\u0000', '\ud800', '\u2028', '😀', 'é'.repeat(300)],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '%',
    '%E0%A4%A',
    'a%00b',
    '../../etc/passwd',
    'http://%',
    'https://h/%ff.js',
  ],
  ...[
    '{{ default }}',
    '{{default}}',
    '2026-13-45T99:99:99Z',
    '9999-12-31T23:59:59.999999999Z',
    '-000001-01-01T00:00:00Z',
    '1e999',
  ],
  ...[
    'fc6d8c0c43fc4630ad850ee518f1b9d0',
    '$device:x',
    '$identify',
    '$merge',
    'x'.repeat(70_000),
    '<script>',
    'a: b: c',
    ': ',
  ],
];
/** Names that methods and other code look up in an object. */
const NAMES = [
  ...['toString', 'valueOf', 'toJSON', 'constructor', '__proto__', 'hasOwnProperty', 'then', 'length', 'values', ''],
  ...[
    'type',
    'value',
    'id',
    'key',
    'message',
    'formatted',
    'params',
    'frames',
    'stacktrace',
    'count',
    'ids',
    'summary',
  ],
  ...[
    'suppressed',
    'trace_id',
    'fingerprint',
    'service',
    'tags',
    'time',
    'properties',
    '$set',
    '$unset',
    '$distinct_ids',
  ],
  ...['ip', '$ip', '$city', '$latitude', '$longitude', 'mp_country_code', 'mp_lib', 'distinct_id', '$distinct_id'],
  ...['$user_id', '$device_id', '$insert_id', '$identified_id', '$anon_id', 'alias', '$append', '$union', '$remove'],
  ...[
    'exception',
    'threads',
    'breadcrumbs',
    'logentry',
    'contexts',
    'user',
    'request',
    'level',
    'timestamp',
    'checksum',
  ],
  ...['lineno', 'colno', 'filename', 'function', 'context_line', 'in_app', 'spans', 'data', 'attributes', 'name'],
  ...['start_timestamp', 'end_timestamp', 'parent_span_id', 'span_id', 'event_id', 'sent_at', 'csp', 'items', 'body'],
];
/** Own properties that make text and number conversions throw. */
const NO_PRIMITIVES = [
  { toString: 1, valueOf: 1 },
  { toString: null },
  { toJSON: 'x' },
  JSON.parse('{"__proto__": {"toString": 1}}'),
];

const plain = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [null], [[]], [{}], { values: null }, { values: [null, 1] }),
  fc.constantFrom<unknown>(...NUMBERS),
  fc.constantFrom<unknown>(...TEXTS),
  fc.constantFrom<unknown>(...NO_PRIMITIVES),
  fc.constantFrom<unknown>(...NO_PRIMITIVES).map((value) => [value, value]),
);

/** Values that nobody expects, as JSON can hold them. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: plain },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(3, 60, 127, 129, 300).map(nested) },
  { weight: 1, arbitrary: fc.array(plain, { maxLength: 5 }) },
  {
    weight: 2,
    arbitrary: fc.dictionary(fc.constantFrom(...NAMES), plain, { maxKeys: 4 }),
  },
);

export const oddName: fc.Arbitrary<string> = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 10 }));

export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
