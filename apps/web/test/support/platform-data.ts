import type { FakeAnswer } from './fake-services.ts';

/** Somebody with an account. */
export const user = {
  id: 'user-1',
  email: 'ada@private.example',
  name: 'Ada Byron',
  plan: 'free',
  createdAt: '2026-11-01T00:00:00.000Z',
};

/** A code as qr-service describes it. */
export const code = {
  id: 'code-1',
  type: 'url',
  title: 'Lunch',
  destinationUrl: 'https://destination.example/lunch',
  scanUrl: 'http://localhost:3004/scan/code-1',
  pngUrl: '/qr/code-1/image.png',
  svgUrl: '/qr/code-1/image.svg',
  hasCustomLogo: false,
  color: '000000',
  level: 'M',
  forwardsQuery: false,
  status: 'active',
  createdAt: '2026-11-02T00:00:00.000Z',
};

const day = { start: '2026-11-02', scans: 7, uniqueVisitors: 5 };

/** Its statistics. */
export const statistics = {
  ...{ qrId: 'code-1', from: '2026-10-04', to: '2026-11-02', interval: 'day', timeZone: 'UTC' },
  ...{ scans: 7, uniqueVisitors: 5, botScans: 1, series: [day], topDays: [] },
  byCountry: [
    { value: 'CH', scans: 5 },
    { value: 'DE', scans: 2 },
  ],
  byDevice: [{ value: 'mobile', scans: 7 }],
  byBrowser: [{ value: 'Safari', scans: 7 }],
};

/** Of all codes. */
export const summary = {
  from: '2026-10-04',
  to: '2026-11-02',
  scans: 7,
  uniqueVisitors: 5,
  series: [day],
  byCode: [{ qrId: 'code-1', scans: 7 }],
};

/** A published page of links. */
export const microsite = {
  id: 'microsite-01',
  slug: 'cafe',
  title: 'Corner Café',
  description: null,
  links: [{ label: 'Menu', url: 'https://destination.example/menu' }],
  status: 'published',
  hasUnpublishedChanges: false,
  url: 'http://localhost:3003/m/cafe',
  createdAt: user.createdAt,
  updatedAt: user.createdAt,
  publishedAt: user.createdAt,
};

export const unauthorized: FakeAnswer = { status: 401, body: { error: 'Unauthorized', message: 'Log in first.' } };

/** What both vendors answer; undefined for every other path. */
export function vendorAnswer(url: string): FakeAnswer | undefined {
  return /^\/(track|engage|import|api)\b/.test(url) ? { body: { status: 1, code: 200, error: null } } : undefined;
}
