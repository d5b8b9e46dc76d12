import { expect, it } from 'vitest';
import { stripUrl } from '../../../telemetry/src/privacy/index.ts';

it.each([
  ['https://user:pw@example.com/a/b?token=1#frag', 'https://example.com/a/b'],
  ['/scan/q1?utm_source=x', '/scan/q1'],
  ['/plain', '/plain'],
  ['', ''],
  ['https://example.com/@handle', 'https://example.com/@handle'],
])('reduces %s to origin and path', (url, expected) => {
  expect(stripUrl(url)).toBe(expected);
});
