import { postgresAvailable } from '@qr/database/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { picture, scan } from './pictures.ts';
import { logIn, micrositeBaseUrl, microsites, observe, scanBaseUrl, serviceToken, startApp } from './start-app.ts';

const kinds = (await postgresAvailable()) ? (['embedded', 'postgres'] as const) : (['embedded'] as const);
const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());

const wifi = { ssid: 'Café "Nord"; WPA', encryption: 'WPA', password: 'a:b,c;d\\e"f', hidden: true };
const vcard = {
  firstName: 'Zoë, PhD',
  lastName: "O'Neill; Jr.",
  organization: 'Nord\\Süd',
  jobTitle: 'Head of QR',
  phone: '+49 (30) 123-456',
  email: 'zoe@example.com',
  url: 'https://example.com/zoe',
};
const printedWifi = 'WIFI:T:WPA;S:Café \\"Nord\\"\\; WPA;P:a\\:b\\,c\\;d\\\\e\\"f;H:true;;';
const printedVcard = [
  'BEGIN:VCARD',
  'VERSION:3.0',
  "N:O'Neill\\; Jr.;Zoë\\, PhD;;;",
  "FN:Zoë\\, PhD O'Neill\\; Jr.",
  'ORG:Nord\\\\Süd',
  'TITLE:Head of QR',
  'TEL:+49 (30) 123-456',
  'EMAIL:zoe@example.com',
  'URL:https://example.com/zoe',
  'END:VCARD',
  '',
].join('\r\n');

interface Created {
  readonly id: string;
}

describe.each(kinds)('what a code holds, on the %s database', (kind) => {
  let running: Awaited<ReturnType<typeof startApp>>;
  beforeAll(async () => {
    running = await startApp(kind);
  });
  afterAll(() => running.stop());
  beforeEach(async () => {
    await settle();
    inbox.clear();
  });

  it.each([
    ['wifi', wifi, printedWifi],
    ['vcard', vcard, printedVcard],
  ] as const)('of type %s is printed for phones to read, whatever stands in it', async (type, content, printed) => {
    const owner = await logIn(running.app);
    const created = await owner.generate({ type, [type]: content });
    expect(created.statusCode).toBe(201);
    const { id } = created.json<Created>();
    expect(created.json()).toMatchObject({ type, [type]: content, destinationUrl: null, scanUrl: null });
    expect((await owner.get(`/qr/${id}`)).json()).toMatchObject({ [type]: content });
    for (const format of ['png', 'svg'])
      expect((await scan((await owner.get(`/qr/${id}/image.${format}?level=L`)).rawPayload)).text).toBe(printed);
    await settle();
    const bytes = inbox.raw().map(({ body }) => body.toString());
    expect(inbox.events()).toMatchObject([{ event: 'qr_created', properties: { qr_id: id, qr_type: type } }]);
    for (const secret of ['a:b,c', 'Nord', 'Zoë', 'zoe@', '123-456']) expect(bytes.join('\n')).not.toContain(secret);
  });

  it('of the longest kind, with a logo, is read from the smallest picture that scanners resolve', async () => {
    const owner = await logIn(running.app);
    const organization = 'ü'.repeat(80);
    const long = { ...vcard, organization, jobTitle: 'é'.repeat(20), url: `https://example.com/${'a'.repeat(60)}` };
    const created = await owner.generate({ type: 'vcard', vcard: long, logo: await picture('png') });
    expect(created.statusCode).toBe(201);
    const { id } = created.json<Created>();
    const smallest = await owner.get(`/qr/${id}/image.png?size=128`);
    expect((await sharp(smallest.rawPayload).metadata()).width).toBe(128);
    const { text } = await scan((await owner.get(`/qr/${id}/image.png`)).rawPayload);
    expect(text?.replaceAll('\r\n ', '')).toContain(`ORG:${organization}`);
  });

  it('of type microsite leads to the page, which learns from which code its visitors came', async () => {
    const owner = await logIn(running.app);
    microsites.set('AAAAAAAAAAAA', { ownerId: owner.userId, slug: 'cafe-nord' });
    const { id } = (await owner.generate({ type: 'microsite', micrositeId: 'AAAAAAAAAAAA' })).json<Created>();
    expect((await owner.get(`/qr/${id}`)).json()).toMatchObject({
      type: 'microsite',
      micrositeId: 'AAAAAAAAAAAA',
      destinationUrl: `${micrositeBaseUrl}/m/cafe-nord?qr=${id}`,
      scanUrl: `${scanBaseUrl}/scan/${id}`,
    });
    expect((await owner.patch(`/qr/${id}`, { status: 'disabled' })).statusCode).toBe(200);
  });

  it.each(['AAAAAAAAAAAA', 'BBBBBBBBBBBB'])(
    'is not the microsite %s of somebody else or nobody',
    async (micrositeId) => {
      microsites.set('AAAAAAAAAAAA', { ownerId: 'somebody', slug: 'cafe-nord' });
      const owner = await logIn(running.app);
      const response = await owner.generate({ type: 'microsite', micrositeId });
      expect(response.statusCode).toBe(400);
      expect(response.json()).toMatchObject({
        field: 'micrositeId',
        message: 'micrositeId is none of your microsites',
      });
    },
  );

  it('cannot be a microsite while those cannot be looked up, which is reported and told', async () => {
    microsites.set('CCCCCCCCCCCC', 'away');
    const owner = await logIn(running.app);
    const response = await owner.generate({ type: 'microsite', micrositeId: 'CCCCCCCCCCCC' });
    expect(response.statusCode).toBe(503);
    await settle();
    expect(inbox.events()).toMatchObject([{ properties: { qr_type: 'microsite', reason: 'server_error' } }]);
    expect(inbox.errors()).toHaveLength(1);
  });

  it('stays as it is printed', async () => {
    const owner = await logIn(running.app);
    microsites.set('AAAAAAAAAAAA', { ownerId: owner.userId, slug: 'cafe-nord' });
    const make = async (body: object) => (await owner.generate(body)).json<Created>().id;
    const direct = await make({ type: 'wifi', wifi });
    const page = await make({ type: 'microsite', micrositeId: 'AAAAAAAAAAAA' });
    const refused = [
      [direct, { status: 'disabled' }, 'status'],
      [direct, { destinationUrl: 'https://example.com/' }, 'destinationUrl'],
      [page, { destinationUrl: 'https://example.com/' }, 'destinationUrl'],
    ] as const;
    for (const [id, change, field] of refused) {
      const response = await owner.patch(`/qr/${id}`, change);
      expect([response.statusCode, response.json().field]).toEqual([400, field]);
    }
    expect((await owner.patch(`/qr/${direct}`, { title: 'Guests' })).json()).toMatchObject({ title: 'Guests', wifi });
  });

  it('that phones read by themselves leads nowhere, for services that ask', async () => {
    const owner = await logIn(running.app);
    const { id } = (await owner.generate({ type: 'wifi', wifi })).json<Created>();
    const headers = { authorization: `Bearer ${serviceToken}` };
    const answer = (await running.app.inject({ url: `/internal/qrs/${id}`, headers })).json();
    expect(answer).toEqual({ id, ownerId: owner.userId, destinationUrl: null, forwardsQuery: false, status: 'active' });
  });
});

describe('content', () => {
  let running: Awaited<ReturnType<typeof startApp>>;
  beforeAll(async () => {
    running = await startApp('embedded');
  });
  afterAll(() => running.stop());

  const open = { ssid: 'Guests', encryption: 'none' };
  it.each([
    ['destinationUrl', { type: 'url' }],
    ['wifi', { type: 'wifi' }],
    ['vcard', { type: 'vcard' }],
    ['micrositeId', { type: 'microsite' }],
    ['wifi', { type: 'url', destinationUrl: 'https://example.com/', wifi: open }],
    ['destinationUrl', { type: 'wifi', wifi: open, destinationUrl: 'https://example.com/' }],
    ['type', { type: 'sms', text: 'hello' }],
    ['wifi.ssid', { type: 'wifi', wifi: { ...open, ssid: '' } }],
    ['wifi.ssid', { type: 'wifi', wifi: { ...open, ssid: 'é'.repeat(17) } }],
    ['wifi.ssid', { type: 'wifi', wifi: { ...open, ssid: 'a\nb' } }],
    ['wifi.ssid', { type: 'wifi', wifi: { ...open, ssid: 'a\ud83d' } }],
    ['wifi.password', { type: 'wifi', wifi: { ...open, password: 'secret-word' } }],
    ['wifi.password', { type: 'wifi', wifi: { ...open, encryption: 'WPA' } }],
    ['wifi.password', { type: 'wifi', wifi: { ...open, encryption: 'WPA', password: 'short' } }],
    ['wifi.password', { type: 'wifi', wifi: { ...open, encryption: 'WPA', password: 'g'.repeat(64) } }],
    ['wifi.password', { type: 'wifi', wifi: { ...open, encryption: 'WPA', password: 'passwörd' } }],
    ['wifi.password', { type: 'wifi', wifi: { ...open, encryption: 'WEP', password: '123456' } }],
    ['wifi.encryption', { type: 'wifi', wifi: { ...open, encryption: 'WPA9' } }],
    ['wifi.colour', { type: 'wifi', wifi: { ...open, colour: 'red' } }],
    ['vcard.firstName', { type: 'vcard', vcard: {} }],
    ['vcard.firstName', { type: 'vcard', vcard: { firstName: '  ', phone: '12345' } }],
    ['vcard.firstName', { type: 'vcard', vcard: { firstName: 'Zoë\r\nTEL:666' } }],
    ['vcard.lastName', { type: 'vcard', vcard: { firstName: 'Zoë', lastName: '\ud83d' } }],
    ['vcard.phone', { type: 'vcard', vcard: { firstName: 'Zoë', phone: '1;2\n3' } }],
    ['vcard.email', { type: 'vcard', vcard: { firstName: 'Zoë', email: 'zoe' } }],
    ['vcard.url', { type: 'vcard', vcard: { firstName: 'Zoë', url: 'javascript:alert(1)' } }],
    ['vcard.url', { type: 'vcard', vcard: { firstName: 'Zoë', url: '//evil.example' } }],
    ['vcard.url', { type: 'vcard', vcard: { firstName: 'Zoë', url: 'https://a.example/\r\nTEL:1' } }],
    ['vcard', { type: 'vcard', vcard: { ...vcard, organization: '漢'.repeat(80), jobTitle: '字'.repeat(80) } }],
    ['micrositeId', { type: 'microsite', micrositeId: '../../internal' }],
  ])('is refused by the name of %s: %j', async (field, body) => {
    const response = await (await logIn(running.app)).generate(body);
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ field });
  });
});
