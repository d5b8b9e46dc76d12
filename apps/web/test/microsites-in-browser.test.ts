import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AppInBrowser, startAppInBrowser } from './support/app-in-browser.ts';
import type { FakeAnswer, Received } from './support/fake-services.ts';
import { overflowing } from './support/overflow.ts';

const user = { id: 'user-1', email: 'ada@private.example', plan: 'free', createdAt: '2026-11-01T00:00:00.000Z' };
const menu = {
  id: 'site-1',
  slug: 'cafe',
  title: 'Café Lindenhof',
  description: 'Breakfast until noon.' as string | null,
  links: [
    { label: 'Menu', url: 'https://destination.example/menu' },
    { label: 'Map', url: 'https://destination.example/map' },
    { label: 'Hours', url: 'https://destination.example/hours' },
  ],
  status: 'draft',
  hasUnpublishedChanges: false,
  url: 'http://localhost:3003/m/cafe',
  createdAt: '2026-11-02T00:00:00.000Z',
  updatedAt: '2026-11-02T00:00:00.000Z',
  publishedAt: null as string | null,
};

/** What the service knows. */
let sites: (typeof menu)[] = [];
const received = (method: string) =>
  app.services.received.filter((request) => request.method === method && request.url.startsWith('/microsites'));

function answer({ method, url, body }: Received): FakeAnswer {
  if (url.startsWith('/auth/')) return { body: { user } };
  if (!url.startsWith('/microsites')) return { body: { status: 1, error: null } };
  const [, , id, action] = new URL(url, 'http://service').pathname.split('/');
  if (id === undefined && method === 'GET') return { body: { items: sites, total: sites.length, nextCursor: null } };
  if (id !== undefined && !sites.some((site) => site.id === id)) {
    return { status: 404, body: { error: 'Not Found', message: 'You have no such microsite.' } };
  }
  if (method === 'DELETE') {
    sites = sites.filter((site) => site.id !== id);
    return { status: 204 };
  }
  if (method === 'GET') return { body: sites.find((site) => site.id === id) };
  return change(method, id, action, body);
}

function change(method: string, id: string | undefined, action: string | undefined, body: string): FakeAnswer {
  const content = body === '' ? {} : JSON.parse(body);
  const wrong = content.links?.findIndex((link: { url: string }) => !link.url.startsWith('http')) ?? -1;
  if (wrong >= 0) {
    const field = `links.${wrong}.url`;
    const message = `${field} must be an address that begins with http:// or https://`;
    return { status: 400, body: { error: 'Bad Request', message, field } };
  }
  if (id === undefined) {
    sites = [{ ...menu, id: 'site-new', slug: 'new', ...content }, ...sites];
    return { status: 201, body: sites[0] };
  }
  const before = sites.find((site) => site.id === id) ?? menu;
  if (action === 'publish' && before.links.length === 0) {
    const message = 'The microsite has no links: add one, then publish it.';
    return { status: 409, body: { error: 'Conflict', message, field: 'links' } };
  }
  const isChanged = method === 'PATCH' && before.status === 'published';
  const after = { ...before, ...content, hasUnpublishedChanges: isChanged };
  if (action === 'publish') after.status = 'published';
  if (action === 'unpublish') after.status = 'draft';
  sites = sites.map((site) => (site.id === id ? after : site));
  return { body: after };
}

let app: AppInBrowser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  app = await startAppInBrowser(answer);
}, 60_000);
afterAll(() => app.close());
beforeEach(async () => {
  sites = [menu];
  app.services.received.splice(0);
  page = await app.open();
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  return () => page.context().close();
}, 30_000);

const link = (number: number) => page.getByRole('group', { name: `Link ${number}`, exact: true });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const isFocused = (control: Locator) => control.evaluate((element) => element === element.ownerDocument.activeElement);
const labels = async () => {
  const fields = await page.getByLabel('Label', { exact: true }).all();
  return Promise.all(fields.map((field) => field.inputValue()));
};

async function addLink(number: number, label: string, url: string) {
  await button('Add a link').click();
  await link(number).getByLabel('Label').fill(label);
  await link(number).getByLabel('Address').fill(url);
}

async function openEditor(id = 'site-1') {
  await page.goto(`${app.origin}/microsites/${id}`);
  await page.getByLabel('Title', { exact: true }).waitFor();
}

describe('the list of microsites', { timeout: 30_000 }, () => {
  it('says what a microsite is for when there is none', async () => {
    sites = [];
    await page.goto(`${app.origin}/microsites`);
    await page.getByText('A microsite is a small page with your links').waitFor();
    await page.getByRole('link', { name: 'Make your first microsite' }).click();
    await page.getByRole('heading', { name: 'New microsite' }).waitFor();
  });

  it('shows the title, address, state and number of links of each', async () => {
    sites = [
      { ...menu, id: 'site-2', title: 'Bar', status: 'published', hasUnpublishedChanges: true, links: [] },
      { ...menu, id: 'site-3', title: 'Inn', status: 'published', links: menu.links.slice(0, 1) },
      menu,
    ];
    await page.goto(`${app.origin}/microsites`);
    const cards = page.getByRole('article');
    await cards.first().waitFor();
    expect(await cards.allInnerTexts()).toEqual([
      expect.stringMatching(/^Bar\s+localhost:3003\/m\/cafe\s+Unpublished changes\s+0 links$/),
      expect.stringMatching(/^Inn\s+localhost:3003\/m\/cafe\s+Published\s+1 link$/),
      expect.stringMatching(/^Café Lindenhof\s+localhost:3003\/m\/cafe\s+Draft\s+3 links$/),
    ]);
  });

  it('can be asked for again when it could not be loaded', async () => {
    await page.route('**/api/microsites*', (route) => route.fulfill({ status: 502, body: '{}' }), { times: 1 });
    await page.goto(`${app.origin}/microsites`);
    await button('Try again').click();
    await page.getByRole('link', { name: 'Café Lindenhof' }).waitFor();
  });
});

describe('a new microsite', { timeout: 30_000 }, () => {
  beforeEach(() => page.goto(`${app.origin}/microsites/new`).then(() => undefined));

  it('is created as a draft with its links, and opens', async () => {
    await page.getByLabel('Title', { exact: true }).fill('  Market stall ');
    await page.getByLabel('Description').fill('Every Saturday,\nrain or shine.');
    await addLink(1, 'Prices', 'https://destination.example/prices');
    await addLink(2, 'Map', ' https://destination.example/map ');
    await button('Create draft').click();
    await page.getByText('Draft created.').waitFor();
    await page.getByText('Draft: only you can see it').waitFor();
    expect(new URL(page.url()).pathname).toBe('/microsites/site-new');
    expect(JSON.parse(received('POST')[0]?.body ?? '')).toEqual({
      title: 'Market stall',
      description: 'Every Saturday, rain or shine.',
      links: [
        { label: 'Prices', url: 'https://destination.example/prices' },
        { label: 'Map', url: 'https://destination.example/map' },
      ],
    });
  });

  it('shows a complaint beside the address of the right link, leads there, and stays with the link', async () => {
    await page.getByLabel('Title', { exact: true }).fill('Market stall');
    await addLink(1, 'Prices', 'https://destination.example/prices');
    await addLink(2, 'Map', 'ftp://destination.example');
    await button('Create draft').click();
    const complaint = 'Enter a web address, such as example.com/menu.';
    await link(2).getByText(complaint).waitFor();
    expect(await isFocused(link(2).getByLabel('Address'))).toBe(true);
    expect(await link(1).getByLabel('Address').getAttribute('aria-invalid')).toBe('false');
    await button('Move link 2 up').click();
    await link(1).getByText(complaint).waitFor();
    expect(await link(1).getByLabel('Address').inputValue()).toBe('ftp://destination.example');
    await button('Remove link 1').click();
    await button('Add a link').click();
    expect(await page.getByText(complaint).count()).toBe(0);
  });

  it('says in plain words what was left empty, without asking the service', async () => {
    await button('Create draft').click();
    await page.getByText('Give the microsite a title.').waitFor();
    expect(await isFocused(page.getByLabel('Title', { exact: true }))).toBe(true);
    await page.getByLabel('Title', { exact: true }).fill('Market stall');
    await button('Add a link').click();
    expect(await isFocused(link(1).getByLabel('Label'))).toBe(true);
    await button('Create draft').click();
    await link(1).getByText('Say what the link leads to.').waitFor();
    expect(received('POST')).toEqual([]);
  });

  it('leads to addresses that were typed without their scheme', async () => {
    await page.getByLabel('Title', { exact: true }).fill('Market stall');
    await addLink(1, 'Prices', 'destination.example/prices');
    await button('Create draft').click();
    await page.getByRole('heading', { name: 'Market stall' }).waitFor();
    const [sent] = received('POST');
    expect(JSON.parse(sent?.body ?? '{}').links).toEqual([
      { label: 'Prices', url: 'https://destination.example/prices' },
    ]);
  });

  it('is previewed while it is typed', async () => {
    const preview = page.getByRole('region', { name: 'Preview' });
    await page.getByLabel('Title', { exact: true }).fill('Market stall');
    await addLink(1, 'Prices', 'https://destination.example/prices');
    expect(await preview.textContent()).toContain('Market stallPricesdestination.example');
  });
});

describe('the links of a microsite', { timeout: 30_000 }, () => {
  beforeEach(() => openEditor());

  it('are put in order by keyboard, and the focus stays with the link', async () => {
    await button('Move link 3 up').focus();
    await page.keyboard.press('Enter');
    expect(await labels()).toEqual(['Menu', 'Hours', 'Map']);
    expect(await isFocused(button('Move link 2 up'))).toBe(true);
    await page.keyboard.press('Space');
    expect(await labels()).toEqual(['Hours', 'Menu', 'Map']);
    expect(await isFocused(button('Move link 1 down'))).toBe(true);
    await page.keyboard.press('Enter');
    expect(await isFocused(button('Move link 2 down'))).toBe(true);
    await page.keyboard.press('Enter');
    expect(await labels()).toEqual(['Menu', 'Map', 'Hours']);
    expect(await isFocused(button('Move link 3 up'))).toBe(true);
  });

  it('are removed by keyboard, and the focus goes to the next, or the last, or to the way to a new one', async () => {
    await button('Remove link 2').focus();
    await page.keyboard.press('Enter');
    expect(await labels()).toEqual(['Menu', 'Hours']);
    expect(await isFocused(button('Remove link 2'))).toBe(true);
    await page.keyboard.press('Enter');
    expect(await isFocused(button('Remove link 1'))).toBe(true);
    await page.keyboard.press('Enter');
    expect(await labels()).toEqual([]);
    expect(await isFocused(button('Add a link'))).toBe(true);
  });
});

describe('an existing microsite', { timeout: 30_000 }, () => {
  it('is saved, and the list knows it at once', async () => {
    await page.goto(`${app.origin}/microsites`);
    await page.getByRole('link', { name: 'Café Lindenhof' }).click();
    await page.getByLabel('Title', { exact: true }).fill('Café am Markt');
    await page.getByLabel('Description').fill('');
    await page.getByLabel('Title', { exact: true }).press('Enter');
    await page.getByText('Saved.', { exact: true }).waitFor();
    expect(received('PATCH').map(({ body }) => JSON.parse(body))).toEqual([
      { title: 'Café am Markt', description: '', links: menu.links },
    ]);
    await page.getByRole('link', { name: 'All microsites' }).click();
    await page.getByRole('link', { name: 'Café am Markt' }).waitFor();
  });

  it('can be chosen for a code as soon as it is there, and no code can be made before', async () => {
    sites = [];
    await page.goto(`${app.origin}/microsites`);
    await page.getByRole('link', { name: 'Make your first microsite' }).click();
    await page.getByLabel('Title', { exact: true }).fill('Market stall');
    await button('Create draft').click();
    await page.getByText('Draft created.').waitFor();
    // From here on the list is what the page knows already.
    await page.route('**/api/microsites?*', () => undefined);
    await page.route('**/api/microsites', () => undefined);
    await page.getByRole('link', { name: 'All microsites' }).click();
    await page.getByRole('link', { name: 'Market stall' }).waitFor();

    await page.goto(`${app.origin}/create?microsite=site-new`);
    await page.getByText('Loading your microsites').waitFor({ state: 'attached' });
    expect(await button('Create code').isDisabled()).toBe(true);
    await page.unrouteAll();
    await page.goto(`${app.origin}/create?microsite=site-new`);
    await page.getByRole('combobox', { name: 'Microsite' }).waitFor();
    expect(await button('Create code').isEnabled()).toBe(true);
  });

  it('is saved before it is published, and then shows its address and the way to a code', async () => {
    await openEditor();
    await page.getByLabel('Title', { exact: true }).fill('Café am Markt');
    await button('Publish').click();
    await page.getByText('Published.', { exact: true }).waitFor();
    const calls = app.services.received.filter(({ method, url }) => method !== 'GET' && url.startsWith('/microsites'));
    expect(calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'PATCH /microsites/site-1',
      'POST /microsites/site-1/publish',
    ]);
    expect(await page.getByRole('link', { name: menu.url }).getAttribute('href')).toBe(menu.url);
    const toCode = page.getByRole('link', { name: 'Make a QR code for it' });
    expect(await toCode.getAttribute('href')).toBe('/create?microsite=site-1');
  });

  it('is published as it is when nothing was changed, changed later, and taken back', async () => {
    await openEditor();
    await button('Publish').click();
    await page.getByText('Published', { exact: true }).waitFor();
    expect(received('PATCH')).toEqual([]);
    expect(await button('Publish changes').isDisabled()).toBe(true);
    await page.getByLabel('Description').fill('All day breakfast.');
    await button('Save').click();
    await page.getByText('Published, with changes that visitors do not see yet').waitFor();
    await button('Unpublish').click();
    await page.getByText('Draft: only you can see it').waitFor();
    expect(await page.getByRole('link', { name: 'Make a QR code for it' }).count()).toBe(0);
  });

  it('is not published without links, and says where to add one', async () => {
    sites = [{ ...menu, links: [] }];
    await openEditor();
    await button('Publish').click();
    await page.getByText('The microsite has no links: add one, then publish it.').waitFor();
    expect(await isFocused(button('Add a link'))).toBe(true);
  });

  it('is deleted only after a second yes', async () => {
    await openEditor();
    await page.getByLabel('Title', { exact: true }).fill('Changed');
    await button('Delete microsite').click();
    await button('Cancel').click();
    expect(received('DELETE')).toEqual([]);
    await button('Delete microsite').click();
    await button('Delete').click();
    await page.getByText('Microsite deleted.').waitFor();
    await page.getByText('No microsites yet').waitFor();
    expect(received('DELETE').map(({ url }) => url)).toEqual(['/microsites/site-1']);
    await page.goBack();
    await page.getByText('Page not found').waitFor();
  });

  it('asks before what was typed is lost', async () => {
    await openEditor();
    await page.getByLabel('Title', { exact: true }).fill('Changed');
    await page.getByRole('link', { name: 'All microsites' }).click();
    await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
    await button('Cancel').click();
    expect(await page.getByLabel('Title', { exact: true }).inputValue()).toBe('Changed');
    await page.getByRole('link', { name: 'All microsites' }).click();
    await button('Leave').click();
    await page.getByRole('heading', { name: 'Your microsites' }).waitFor();
  });

  it('does not hold up the way to the log-in when the session is over', async () => {
    sites = [{ ...menu, status: 'published' }];
    await openEditor();
    await page.getByLabel('Title', { exact: true }).fill('Changed');
    await page.route('**/api/**', (route) => route.fulfill({ status: 401, body: '{}' }));
    await button('Unpublish').click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  it.each(['/microsites/unknown-site', '/microsites/unknown'])('does not exist at %s', async (path) => {
    await page.goto(app.origin + path);
    await page.getByText('Page not found').waitFor();
  });
});

it('sends nothing that was typed to the vendors', { timeout: 30_000 }, async () => {
  await page.goto(`${app.origin}/microsites/new`);
  await page.getByLabel('Title', { exact: true }).fill('typed title');
  await addLink(1, 'typed label', 'https://typed.example');
  await page.route('**/api/microsites', (route) => route.fulfill({ status: 200, body: '{"id":' }));
  await button('Create draft').click();
  await page.getByText('Something went wrong on our side.').waitFor();
  await vi.waitFor(() => expect(app.sentErrorIds()).toHaveLength(1), 15_000);
  const sent = app.services.received.filter(({ url }) => /^\/(track|engage|api\/42)\//.test(url));
  expect(decodeURIComponent(sent.map(({ body }) => body.replaceAll('+', ' ')).join())).not.toMatch(/typed[ .]/);
});

describe('on a narrow screen', { timeout: 30_000 }, () => {
  it.each(['/microsites', '/microsites/new', '/microsites/site-1'])('%s fits', async (path) => {
    const long = 'a'.repeat(100);
    sites = [{ ...menu, status: 'published', title: long, url: `http://localhost:3003/m/${long}` }];
    await page.setViewportSize({ width: 360, height: 700 });
    await page.goto(app.origin + path);
    await page.locator('.microsites, .editor').waitFor();
    expect(await overflowing(page)).toEqual([]);
  });
});

it('no page has broken the content security policy', () => {
  expect(complaints).toEqual([]);
});
