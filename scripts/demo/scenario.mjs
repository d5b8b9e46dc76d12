/**
 * @typedef {object} Scenario
 * @property {Record<string, number>} sent events that must arrive, by name, counted from HTTP answers
 * @property {number} profiles people that must have a profile
 * @property {{ title: string, count: number }[]} issues errors that must arrive
 * @property {string[]} secrets values that must not arrive anywhere
 */

const PEOPLE = 20;
const CODES = 30;
const SCANS = 500;
/** Scans at a time: a crowd, but a bounded one. */
const CONCURRENCY = 20;

const USER_AGENTS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPad; CPU OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
];

/**
 * Drives the platform as its users would. Everything it reports comes from the answers that it got.
 * @param {{ web: number, auth: number, routing: number }} ports
 * @returns {Promise<Scenario>}
 */
export async function playScenario(ports) {
  const origin = `http://127.0.0.1:${ports.web}`;
  /** @type {Record<string, number>} */
  const sent = {};
  /** @type {Set<string>} */
  const secrets = new Set();
  const count = (/** @type {string} */ event) => {
    sent[event] = (sent[event] ?? 0) + 1;
  };

  /** @type {string[]} */
  const sessions = [];
  for (let n = 0; n < PEOPLE; n++) {
    const account = { email: `person.${n}.${random()}@mail.example`, password: `pass-${random()}-${random()}` };
    secrets.add(account.email).add(account.password);
    const response = await post(`${origin}/api/auth/signup`, account);
    expectStatus(response, 201);
    count('signup_completed');
    sessions.push(rememberCookies(response, secrets));
    if (n % 4 === 0) {
      const login = await post(`${origin}/api/auth/login`, account);
      expectStatus(login, 200);
      count('login_completed');
      rememberCookies(login, secrets);
    }
  }

  /** @type {string[]} */
  const codes = [];
  for (let n = 0; n < CODES; n++) {
    const body = { type: 'url', destinationUrl: `https://example.com/landing/${n}`, title: `Code ${n}` };
    const response = await post(`${origin}/api/qr/generate`, body, sessions[n % PEOPLE]);
    expectStatus(response, 201);
    count('qr_created');
    codes.push((await response.json()).id);
  }
  const refused = await post(
    `${origin}/api/qr/generate`,
    { type: 'url', destinationUrl: 'javascript:alert(1)' },
    sessions[0],
  );
  expectStatus(refused, 400);
  count('qr_creation_failed');

  for (let n = 0; n < 3; n++) {
    expectStatus(await post(`${origin}/api/auth/logout`, {}, sessions[n]), 204);
    count('logout');
  }

  await inParallel(SCANS, CONCURRENCY, async (n) => {
    // One in twenty scans is of a code that never was.
    const code = n % 20 === 7 ? `unknown-${random()}` : codes[n % CODES];
    const address = `203.0.113.${n % 250}`;
    secrets.add(address);
    const response = await fetch(`http://127.0.0.1:${ports.routing}/scan/${code}`, {
      redirect: 'manual',
      headers: {
        'user-agent': USER_AGENTS[n % USER_AGENTS.length] ?? '',
        'x-forwarded-for': address,
        'cf-ipcountry': 'DE',
      },
    });
    await response.arrayBuffer();
    if (response.status === 302) count('qr_scanned');
    else if (response.status === 404) count('qr_scan_failed');
    else throw new Error(`A scan was answered with ${response.status}; expected 302 or 404.`);
  });

  const failure = await fetch(`http://127.0.0.1:${ports.auth}/debug/error`);
  expectStatus(failure, 500);
  await failure.arrayBuffer();
  return { sent, profiles: PEOPLE, issues: [{ title: 'Error: Deliberate error', count: 1 }], secrets: [...secrets] };
}

/** @param {string} url @param {unknown} body @param {string} [cookie] */
function post(url, body, cookie) {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(cookie && { cookie }) },
    body: JSON.stringify(body),
  });
}

/** The cookies of an answer as a header, their values noted as secrets. @param {Response} response @param {Set<string>} secrets */
function rememberCookies(response, secrets) {
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
  for (const cookie of cookies) secrets.add(cookie.slice(cookie.indexOf('=') + 1));
  return cookies.join('; ');
}

/** @param {Response} response @param {number} status */
function expectStatus(response, status) {
  if (response.status !== status)
    throw new Error(`${response.url} was answered with ${response.status}; expected ${status}.`);
}

/** @param {number} total @param {number} concurrency @param {(n: number) => Promise<void>} work */
async function inParallel(total, concurrency, work) {
  let next = 0;
  const worker = async () => {
    while (next < total) await work(next++);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

function random() {
  return Math.random().toString(36).slice(2, 10);
}
