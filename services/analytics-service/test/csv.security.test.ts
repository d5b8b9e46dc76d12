import { describe, expect, it } from 'vitest';
import { toCsv } from '../src/csv.ts';

describe('a file', () => {
  it('ends every line with CR and LF', () => {
    expect(
      toCsv([
        ['a', 'b'],
        [1, 2],
      ]),
    ).toBe('a,b\r\n1,2\r\n');
  });

  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\r\nb', '"a\r\nb"'],
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['=1,"x"', `"'=1,""x"""`],
    ['a=1', 'a=1'],
    ['', ''],
  ])('writes %j as %j', (value, cell) => {
    expect(toCsv([[value]])).toBe(`${cell}\r\n`);
  });

  it('leaves numbers as they are', () => {
    expect(toCsv([[-1]])).toBe('-1\r\n');
  });
});
