import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCsv } from '../src/routes/statistics.ts';
import { deliver, logIn, scanned, startApp } from './start-app.ts';

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
    ['\t=1', `"'\t'=1"`],
    ['\r=1', `"'\r'=1"`],
    ['=1,"x"', `"'=1,""x"""`],
    ['a=1', 'a=1'],
    // Spreadsheets split at semicolons and tabs, too, depending on the country, whatever the quotes say.
    ['a;b', '"a;b"'],
    ['a;=1+1', `"a;'=1+1"`],
    ['a; =1+1', `"a;' =1+1"`],
    ['a;"=1+1"', `"a;""'=1+1"""`],
    [';-1;+2;@x', `";'-1;'+2;'@x"`],
    ['a,=1', `"a,'=1"`],
    ['a\t=1', `"a\t'=1"`],
    ['a\n=1', `"a\n'=1"`],
    ['a|=1', `"a|'=1"`],
    [' =1', `' =1`],
    ['\u00a0=1', `'\u00a0=1`],
    ['\uff1d1+1', `'\uff1d1+1`],
    ['\uff0b1', `'\uff0b1`],
    ['\uff0d1', `'\uff0d1`],
    ['\uff20x', `'\uff20x`],
    ['Chrome Mobile', 'Chrome Mobile'],
    ['Samsung Internet (5-inch)', 'Samsung Internet (5-inch)'],
    ['', ''],
  ])('writes %j as %j', (value, cell) => {
    expect(toCsv([[value]])).toBe(`${cell}\r\n`);
  });

  it('holds no cell that a spreadsheet takes for a formula, wherever it splits', () => {
    const parts = fc.constantFrom(
      ...['=', '+', '-', '@', ';', ',', '|', '"', "'", '\t', '\r', '\n', ' ', 'a', '1', '\uff1d'],
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (characters) => {
        const file = toCsv([['x', characters.join(''), 'y']]);
        for (const piece of file.split(/[;,|\t\r\n"]/)) expect(piece.trimStart()).not.toMatch(/^[=+\-@\uff1d]/);
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves numbers as they are', () => {
    expect(toCsv([[-1]])).toBe('-1\r\n');
  });
});

describe('the file of a code whose visitors name their browsers themselves', () => {
  let running: Awaited<ReturnType<typeof startApp>>;
  beforeAll(async () => {
    running = await startApp('embedded');
  });
  afterAll(() => running.stop());

  it('holds no formula', async () => {
    const owner = await logIn(running.app);
    const now = new Date().toISOString();
    const browsers = ['=1+1', 'x;=1+1', 'x,@SUM(A1)', 'Firefox'];
    const scans = browsers.map((browser) =>
      scanned(now, { qr_id: owner.qrId, qr_owner_id: owner.userId, device_type: 'mobile', country: 'DE', browser }),
    );
    expect((await deliver(running.app, scans)).json()).toMatchObject({ num_records_imported: browsers.length });
    const file = await owner.get(`/analytics/qrs/${owner.qrId}/export.csv`);
    expect(file.statusCode).toBe(200);
    for (const text of ['Firefox', '=1+1', '@SUM(A1)']) expect(file.body).toContain(text);
    for (const piece of file.body.split(/[;,|\t\r\n"]/)) expect(piece.trimStart()).not.toMatch(/^[=+\-@]/);
  });
});
