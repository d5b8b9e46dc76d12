import { once } from 'node:events';
import { createServer } from 'node:http';

export const CODES = 5000;

const user = { id: 'user-1', email: 'somebody@mail.example', plan: 'business', createdAt: '2026-01-01T00:00:00.000Z' };
const day = (number) => ({ start: `2026-01-${String(number + 1).padStart(2, '0')}`, scans: (number * 37) % 400 });
const summary = {
  ...{ from: '2026-01-01', to: '2026-01-30', scans: 5123, uniqueVisitors: 3456 },
  series: Array.from({ length: 30 }, (_, number) => day(number)),
  byCode: Array.from({ length: CODES }, (_, number) => ({ qrId: idOf(number), scans: (number * 13) % 90 })),
};

/** What the services answer to a person with thousands of codes, at once. */
export async function startServices() {
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://services');
    const [type, body] = answer(url);
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

function answer({ pathname, searchParams }) {
  if (pathname.endsWith('.svg')) return ['image/svg+xml', PICTURE];
  const json = (value) => ['application/json', JSON.stringify(value)];
  if (pathname === '/auth/me') return json({ user });
  if (pathname === '/analytics/summary') return json(summary);
  if (pathname === '/qr') return json(list(Number(searchParams.get('cursor') ?? 0), Number(searchParams.get('limit'))));
  return ['text/plain', undefined];
}

function list(start, limit) {
  const end = Math.min(CODES, start + limit);
  const items = Array.from({ length: end - start }, (_, number) => code(start + number));
  return { items, total: CODES, nextCursor: end < CODES ? String(end) : null };
}

function code(number) {
  const id = idOf(number);
  return {
    ...{ id, type: 'url', title: `Poster ${number}`, destinationUrl: `https://example.com/poster/${number}` },
    ...{ scanUrl: `https://go.example/scan/${id}`, pngUrl: `/qr/${id}/image.png`, svgUrl: `/qr/${id}/image.svg` },
    ...{ hasCustomLogo: false, color: '000000', level: 'M', forwardsQuery: false },
    ...{ status: 'active', createdAt: '2026-01-15T12:00:00.000Z' },
  };
}

function idOf(number) {
  return `code-${String(number).padStart(7, '0')}`;
}

/** As large as a real one: 33 modules, a path for each row. */
const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 41 41"><path fill="#fff" d="M0 0h41v41H0z"/><path stroke="#000" d="${Array.from({ length: 33 }, (_, row) => `M4 ${row + 4.5}h7m2 0h3m1 0h5m3 0h2`).join('')}"/></svg>`;
