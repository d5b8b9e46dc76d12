import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWithAll } from './scanners.ts';
import { logIn, startApp } from './start-app.ts';

/** Names in many scripts and forms, of at most 32 bytes. */
const NAMES = [
  ...[
    'Café',
    'Łódź',
    '日本',
    'Zoë',
    'Ærøskøbing',
    'São Paulo',
    'Straße',
    'Çeşme',
    'Ñandú',
    'Kőszeg',
    'Žižkov',
    'Ísafjörður',
  ],
  ...[
    'Привет',
    'Київ',
    'Ελλάδα',
    'مرحبا',
    'שלום',
    'नमस्ते',
    'สวัสดี',
    '안녕하세요',
    '漢字かな',
    'ﾊﾝｶｸ',
    '中文网络',
    'ქართული',
    'Հայ',
  ],
  ...['😀', '👩‍👩‍👧', '🇩🇪', '❤️', 'e\u0301', '\u200bx', 'ﬁ', '™', '€ 5', '“quoted”', '…', '–', '½', 'ÿ', '\u00a0'],
  ...['CAFE', '12345678', 'deadbeef', 'ABCDEF', '0', 'FACADE00', 'abc1', 'Beef', 'a', '7'],
  ...[
    'a;b',
    'a:b',
    'a,b',
    'a\\b',
    'a"b',
    '"CAFE"',
    ';;',
    '::',
    '\\\\',
    '\\;',
    'H:true',
    'P:x;',
    'S:x;;',
    '$&',
    "it's",
    '%C3%A9',
  ],
  ...[
    '<b>',
    '&amp;',
    '100 %',
    'a b',
    ' a',
    'a ',
    '#1',
    'tab/x',
    '{}',
    '[x]',
    '~',
    '|',
    '`',
    '^',
    '_',
    '@home',
    '=1+1',
    '+49',
    '-x',
  ],
  ...[
    'ÄÖÜäöüß',
    'Ünïcödé;"',
    'é;è',
    'Ł\\ó',
    '日本;東京',
    '東京:2',
    'Ä'.repeat(16),
    '日'.repeat(10),
    'x'.repeat(26),
    'Ω≈ç√',
    '¿Qué?',
    '¡Olé!',
    '网络:5G',
    'Wi‑Fi',
    'Ｗｉｆｉ',
  ],
];

describe('a code', () => {
  let running: Awaited<ReturnType<typeof startApp>>;
  let owner: Awaited<ReturnType<typeof logIn>>;
  beforeAll(async () => {
    running = await startApp('embedded');
    owner = await logIn(running.app);
  });
  afterAll(() => running.stop());

  async function read(body: object): Promise<string> {
    const { statusCode, rawPayload } = await owner.preview(body);
    expect(statusCode).toBe(200);
    const { jsqr = '', ...others } = await readWithAll(rawPayload);
    expect(others).toEqual({ zxing: jsqr, zbar: jsqr });
    return jsqr;
  }

  it('has 200 awkward names to hold', () => {
    expect(new Set(NAMES).size).toBe(NAMES.length);
    expect(2 * NAMES.length).toBeGreaterThanOrEqual(200);
  });

  it.each(NAMES)('for a network called %j says the same to every scanner', async (ssid) => {
    const text = await read({ type: 'wifi', wifi: { ssid, encryption: 'none' } });
    expect(fieldsOf(text)).toEqual({ T: 'nopass', S: ssid });
  });

  it.each(NAMES)('for a person called %j says the same to every scanner', async (lastName) => {
    const text = await read({ type: 'vcard', vcard: { lastName: `x${lastName}`, organization: lastName.repeat(3) } });
    expect(cardOf(text)).toMatchObject({ FN: `x${lastName}`.trim(), ORG: lastName.repeat(3) });
  });

  it.each([
    ['WPA', '12345678', '"12345678"'],
    ['WPA', 'deadbeef', '"deadbeef"'],
    ['WPA', 'a;b:c,d\\', 'a\\;b\\:c\\,d\\\\'],
    ['WPA', 'a1'.repeat(32), 'a1'.repeat(32)],
    ['WEP', 'abcde', '"abcde"'],
    ['WEP', '1234567890', '1234567890'],
  ])('writes the %s password %j as %j', async (encryption, password, written) => {
    const text = await read({ type: 'wifi', wifi: { ssid: 'Net', encryption, password } });
    expect(text).toContain(`;P:${written};`);
  });

  it('folds lines of more than 75 bytes, between characters', async () => {
    const organization = '日'.repeat(60);
    const text = await read({ type: 'vcard', vcard: { organization } });
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(cardOf(text)).toMatchObject({ FN: organization, ORG: organization });
  });
});

/** The fields of a network, as a phone takes them apart: quotes around a whole value are no part of it. */
function fieldsOf(text: string): Record<string, string> {
  const body = /^WIFI:(.*;);$/s.exec(text)?.[1] ?? '';
  return Object.fromEntries(
    [...body.matchAll(/([A-Z]):((?:\\.|[^\\;])*);/gsu)].map(([, name = '', value = '']) => [
      name,
      (/^"(.*)"$/su.exec(value)?.[1] ?? value).replace(/\\(.)/gsu, '$1'),
    ]),
  );
}

function cardOf(text: string): Record<string, string> {
  const lines = text.replaceAll('\r\n ', '').split('\r\n');
  return Object.fromEntries(
    lines.map((line) => [line.split(':')[0], line.slice(line.indexOf(':') + 1).replace(/\\(.)/gsu, '$1')]),
  );
}
