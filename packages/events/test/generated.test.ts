import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { generatedFiles } from '../scripts/generated-files.ts';
import { browserPlan } from '../src/browser.ts';

it.each(generatedFiles())('$path says what the plan says (else run `npm run generate`)', ({ path, content }) => {
  expect(readFileSync(path, 'utf8')).toBe(content);
});

it('the browser plan holds neither hashed nor dropped properties, nor events of the server', () => {
  expect(browserPlan.profile).not.toHaveProperty('$email');
  expect(browserPlan.profile).not.toHaveProperty('$name');
  expect(browserPlan.events).not.toHaveProperty('qr_scanned');
});
