import type { Page } from 'playwright-core';

export interface Person {
  readonly email: string;
  readonly password: string;
}

/** What people do in the app, each ending where the app has taken them. */
export function steps(page: Page, app: string) {
  return {
    async signUp({ email, password }: Person): Promise<void> {
      await page.goto(`${app}/signup`);
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign up' }).click();
      await page.getByRole('heading', { name: 'Your QR codes' }).waitFor();
    },

    /** On the page of the log-in; where that leads is up to the app. */
    async fillLogIn({ email, password }: Person): Promise<void> {
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Log in' }).click();
    },

    async logOut(): Promise<void> {
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.waitForURL(/\/login$/);
    },

    /** Returns the id of the new code. */
    async createLink(destination: string, title: string): Promise<string> {
      await page.goto(`${app}/create`);
      await page.getByLabel('Where should the code lead?').fill(destination);
      await page.getByLabel('Title').fill(title);
      return submitCode(page);
    },

    async createWifi(ssid: string, password: string): Promise<string> {
      await page.goto(`${app}/create`);
      await page.getByRole('radio', { name: 'Wi-Fi' }).check();
      await page.getByLabel('Name of the network').fill(ssid);
      await page.getByLabel('Password').fill(password);
      return submitCode(page);
    },

    async createCard(firstName: string, lastName: string): Promise<string> {
      await page.goto(`${app}/create`);
      await page.getByRole('radio', { name: 'Business card' }).check();
      await page.getByLabel('First name').fill(firstName);
      await page.getByLabel('Last name').fill(lastName);
      return submitCode(page);
    },
  };
}

/** Waits for the page of the new code. */
export async function submitCode(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Create code' }).click();
  await page.waitForURL(/\/qr\/[\w-]{12}$/);
  await page.getByRole('button', { name: 'Delete code' }).waitFor();
  return new URL(page.url()).pathname.slice('/qr/'.length);
}
