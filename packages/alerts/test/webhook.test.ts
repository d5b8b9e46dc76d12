import { expect, it } from 'vitest';
import { tellWebhook } from '../src/index.ts';
import { startVendor, unusedOrigin } from './http/vendor.ts';

const path = '/services/T0/B0/s3cret';

it('all messages go in one request, with the three characters escaped that Slack reads', async () => {
  const { url, asked } = await startVendor(() => ({ body: 'ok' }));
  await tellWebhook(['Over: <!channel> & "co".', 'p95 > 5 s'], { url: `${url}${path}`, fetch });
  expect(asked).toMatchObject([{ method: 'POST', path, headers: { 'content-type': 'application/json' } }]);
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
    text: 'Over: &lt;!channel&gt; &amp; "co".\np95 &gt; 5 s',
  });
});

it.each([404, 500, 302])('an answer of %i is an error that names the host, not the secret path', async (status) => {
  const { url } = await startVendor(() => ({ status, body: 'no_team' }));
  const error: unknown = await tellWebhook(['x'], { url: `${url}${path}`, fetch }).catch((reason: unknown) => reason);
  expect(String(error)).toContain(`The webhook at ${new URL(url).host}`);
  expect(String(error)).not.toContain('s3cret');
});

it('a webhook that is not there, or whose address is none, is an error too', async () => {
  const origin = await unusedOrigin();
  await expect(tellWebhook(['x'], { url: `${origin}${path}`, fetch })).rejects.toThrow(
    `The webhook at ${new URL(origin).host} cannot be reached (ECONNREFUSED).`,
  );
  await expect(tellWebhook(['x'], { url: 's3cret', fetch })).rejects.toThrow(
    'The webhook at an address that is none cannot be reached (ERR_INVALID_URL).',
  );
});
