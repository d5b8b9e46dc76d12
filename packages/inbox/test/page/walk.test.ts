import { beforeEach, describe, expect, it } from 'vitest';
import { isBrowserAvailable } from '../../../../e2e/browser.ts';
import { goodEvent, post } from '../requests.ts';
import { pageInBrowser } from './page-in-browser.ts';
import { ERROR_ID, TRACE, tellStory, USER } from './story.ts';

describe.skipIf(!isBrowserAvailable())('from one thing to what belongs to it', { timeout: 60_000 }, () => {
  const shared = pageInBrowser();

  beforeEach(() => tellStory(shared.inbox));

  const heading = (name: string | RegExp) => shared.page.getByRole('heading', { name });
  const link = (name: string | RegExp) => shared.page.getByRole('link', { name });

  it('leads from an event to its error, on to its trace, and back to the event', async () => {
    const { inbox, page } = shared;
    await page.goto(inbox.url);
    await page.locator('.row.event', { hasText: /qr_created(?!_)/ }).click();
    await page.locator('.related a', { hasText: 'StorageError' }).click();
    await heading('StorageError: The bucket does not answer').waitFor();
    await page.getByText('await storage.put(key, svg);').waitFor();
    await page.getByText('GET /internal/accounts/usr_ada 200').waitFor();
    await link('View trace').click();
    await heading(`Trace ${TRACE}`).waitFor();
    expect(new URL(page.url()).search).toBe(`?id=${TRACE}`);
    await page.locator('.waterfall .event', { hasText: 'qr_created' }).first().click();
    await page.locator('.detail h2', { hasText: 'qr_created' }).waitFor();
    await page.goBack();
    await heading(`Trace ${TRACE}`).waitFor();
    await page.goBack();
    await heading('StorageError: The bucket does not answer').waitFor();
    await page.goBack();
    await page.locator('.detail h2', { hasText: 'qr_created' }).waitFor();
  });

  it('draws a trace from the browser inwards, with the error under the span in which it was thrown', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/traces`);
    await link(/\/create/).click();
    await page.locator('.waterfall li').nth(8).waitFor();
    const names = await page.locator('.waterfall .name > strong').allTextContents();
    expect(names).toEqual([
      '/create',
      'POST /api/qr/generate',
      'POST /qr/generate',
      'GET /internal/accounts/:id',
      'GET /internal/accounts/:id',
      'INSERT INTO codes',
      'qr_created',
      'PUT picture',
      'StorageError: The bucket does not answer',
    ]);
    await page.locator('.waterfall .error a').click();
    await heading('StorageError: The bucket does not answer').waitFor();
  });

  it('says what an issue cost, by steps that one can choose', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/issues`);
    await link(/StorageError/).click();
    const steps = () => page.locator('table.cost tbody th').allTextContents();
    await page.locator('table.cost').waitFor();
    expect(await steps()).toEqual(['page_viewed', 'signup_completed', 'qr_created']);
    await page.getByText('Other steps').click();
    await page.getByRole('button', { name: 'Remove step 1, page_viewed' }).click();
    await expect.poll(steps).toEqual(['signup_completed', 'qr_created']);
    expect(await page.locator('table.cost tbody td').allTextContents()).toEqual(['1 (100 %)', '0', '1 (100 %)', '0']);
    await page.reload();
    await page.locator('table.cost').waitFor();
    expect(await steps()).toEqual(['signup_completed', 'qr_created']);
  });

  it('tells the story of a person in sessions', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/user`);
    await link(new RegExp(USER)).click();
    await heading('Profile').waitFor();
    await heading(/^Session 1/).waitFor();
    const stories = await page
      .locator('.session')
      .evaluateAll((sessions) =>
        sessions.map((session) => [...session.querySelectorAll('.title')].map((title) => title.textContent)),
      );
    expect(stories).toEqual([
      ['signup_completed', 'page_viewed'],
      ['qr_created_twice', 'qr_created', 'StorageError: The bucket does not answer'],
    ]);
  });

  it('lists issues with their count over time and the people who met them', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/issues`);
    await page.locator('.entry', { hasText: 'StorageError' }).getByText('1 user').waitFor();
    // The trend comes by a request of its own.
    await page.locator('.trend rect').nth(23).waitFor({ state: 'attached' });
    expect(await page.locator('.trend rect').count()).toBe(24);
    await page.locator('.entry').click();
    const around = page.locator('.related .title');
    await around.nth(3).waitFor();
    expect(await around.allTextContents()).toEqual([
      'signup_completed',
      'page_viewed',
      'qr_created_twice',
      'qr_created',
    ]);
  });

  it('finds an issue by the id that the user of an error was shown, and says when there is none', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/issues`);
    await page.getByLabel('Search issues').fill(ERROR_ID);
    await link(/StorageError/).click();
    await heading('StorageError: The bucket does not answer').waitFor();
    await page.goto(`${inbox.url}/issues?event=unknown`);
    await heading('No error has this id').waitFor();
  });

  it('sets the plan beside what arrived', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/plan`);
    const section = (name: string) => page.locator('section', { has: page.getByRole('heading', { name }) });
    await section('Not in the plan').getByText('qr_created_twice').waitFor();
    await section('Never seen').getByRole('heading', { name: 'qr_deleted' }).waitFor();
    await section('Seen').getByRole('heading', { name: 'signup_completed' }).last().waitFor();
    await section('Seen').getByText('has_custom_logo (optional) missing in 1 of 1, 100 %').waitFor();
  });

  it('warns of what the vendor accepts and misplaces, and leads to it', async () => {
    const { inbox, page } = shared;
    await post(inbox, '/import', [goodEvent({ ip: '0' }, 'qr_scanned'), goodEvent({}, '$identify')]);
    await page.goto(`${inbox.url}/plan`);
    const warning = (title: string) => page.locator('.warning', { has: page.getByRole('heading', { name: title }) });
    await warning('$identify is ignored: the project uses Simplified ID Merge').waitFor();
    const located = warning("Events are located at your server's address");
    await located.getByText('Send ip: "0"').waitFor();
    await located.getByText('View latest').click();
    await page.getByText("from the sender's address 127.0.0.1, which is your server's").waitFor();
    const scanned = inbox.events({ event: 'qr_scanned' })[0];
    await page.goto(`${inbox.url}/?record=${scanned?.id}`);
    await page.getByText('not located (ip is "0")').waitFor();
  });

  it('makes requests whose body contains a text fail', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/delivery`);
    await page.getByLabel('What goes wrong').selectOption('Proxy: 404 and a page of HTML');
    await page.getByLabel('Only bodies that contain').fill('poison');
    await page.getByRole('button', { name: 'Add this fault' }).click();
    await page.getByText('any endpoint, bodies with "poison", 1 to come').waitFor();
    expect((await post(inbox, '/import', [goodEvent({ note: 'poison' })])).status).toBe(404);
    expect((await post(inbox, '/import', [goodEvent({ note: 'poison' })])).status).toBe(200);
  });

  it('makes requests fail, shows what each fault has done, and takes it back', async () => {
    const { inbox, page } = shared;
    await page.goto(`${inbox.url}/delivery`);
    await page.getByLabel('What goes wrong').selectOption('Answer 503');
    await page.getByLabel('Where').selectOption('Mixpanel /import');
    await page.getByRole('button', { name: 'Add this fault' }).click();
    await link('Delivery 1 fault to come').waitFor();
    expect((await post(inbox, '/import', [])).status).toBe(503);
    await page.getByText('Struck 1 request, used up').waitFor();
    inbox.faults.add({ share: 0.5, fault: { kind: 'delay', delayMs: 7 } });
    await page.getByText('any endpoint, until removed, 50 % of them').waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).first().click();
    await page.getByText('any endpoint').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.locator('.fault-list').waitFor({ state: 'detached' });
    expect(inbox.faults.list()).toEqual([]);
  });
});
