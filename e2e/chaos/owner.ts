/** Somebody with codes, as their browser asks for them. */
export interface Owner {
  readonly codes: readonly string[];
  /** The scans of a code, as its owner sees them. */
  scansOf(code: string): Promise<number>;
}

/** Signs up and makes codes. */
export async function createOwner(web: string, codes: number): Promise<Owner> {
  const signedUp = await post(`${web}/api/auth/signup`, {
    email: 'owner@mail.example',
    password: 'correct-horse-battery',
  });
  const cookie = signedUp.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ');
  const made: string[] = [];
  for (let n = 0; n < codes; n++) {
    const body = { type: 'url', destinationUrl: `https://example.com/landing/${n}` };
    const response = await post(`${web}/api/qr/generate`, body, cookie);
    made.push(((await response.json()) as { id: string }).id);
  }
  return {
    codes: made,
    async scansOf(code) {
      const response = await fetch(`${web}/api/analytics/qrs/${code}?refresh=true`, { headers: { cookie } });
      if (!response.ok) throw new Error(`The statistics were answered with ${response.status}.`);
      return ((await response.json()) as { scans: number }).scans;
    },
  };
}

async function post(url: string, body: object, cookie = ''): Promise<Response> {
  const headers = { 'content-type': 'application/json', cookie };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response;
}
