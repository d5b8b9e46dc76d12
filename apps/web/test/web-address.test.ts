import { expect, it } from 'vitest';
import { completeWebAddress } from '../src/forms/web-address.ts';

it.each([
  ['example.com/menu', 'https://example.com/menu'],
  [' example.com ', 'https://example.com'],
  ['example.com:8080/menu?a=1#b', 'https://example.com:8080/menu?a=1#b'],
  ['münchen.example', 'https://münchen.example'],
  ['192.168.1.5/menu', 'https://192.168.1.5/menu'],
  ['localhost:3000', 'https://localhost:3000'],
  ['//example.com/menu', 'https://example.com/menu'],
  ['example.com?x=y', 'https://example.com?x=y'],
])('completes %j to %j', (typed, expected) => {
  expect(completeWebAddress(typed)).toBe(expected);
});

it.each([
  'http://example.com',
  'HTTPS://example.com',
  'javascript:alert(1)',
  'mailto:ada@example.com',
  'ada@example.com',
  'tel:+41441234567',
  'data:text/html,x',
  'ftp://example.com',
  'menu',
  'two words.example',
  '/menu',
  '',
])('leaves %j to the service', (typed) => {
  expect(completeWebAddress(typed)).toBe(typed);
});
