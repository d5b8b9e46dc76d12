import type { PropertiesArgument } from '@qr/plan';
import { expectTypeOf, it } from 'vitest';
import type {
  BrowserEventName,
  BrowserProfile,
  BrowserProperties,
  ServerEventName,
  ServerProfile,
  ServerProperties,
} from '../src/index.ts';

// Compiled by `npm run typecheck`.
it('each side may send its own events only', () => {
  expectTypeOf<'qr_scanned'>().toExtend<ServerEventName>();
  expectTypeOf<'page_viewed'>().toExtend<BrowserEventName>();
  expectTypeOf<'page_viewed'>().not.toExtend<ServerEventName>();
  expectTypeOf<'signup_completed'>().not.toExtend<BrowserEventName>();
  expectTypeOf<'no_such_event'>().not.toExtend<ServerEventName>();
});

it('properties have the types of the plan', () => {
  expectTypeOf<ServerProperties<'revenue'>['amount']>().toEqualTypeOf<number>();
  expectTypeOf<ServerProperties<'qr_created'>['qr_type']>().toEqualTypeOf<
    'url' | 'wifi' | 'vcard' | 'microsite' | undefined
  >();
  expectTypeOf<BrowserProperties<'page_viewed'>>().toHaveProperty('page');
});

it('what must be hashed cannot be sent from a browser', () => {
  expectTypeOf<ServerProfile>().toHaveProperty('$email');
  expectTypeOf<BrowserProfile>().not.toHaveProperty('$email');
});

it('properties may be left out exactly where none is required', () => {
  expectTypeOf<PropertiesArgument<ServerProperties<'logout'>>>().toExtend<[unknown?]>();
  expectTypeOf<[]>().toExtend<PropertiesArgument<BrowserProperties<'dashboard_viewed'>>>();
  expectTypeOf<[]>().not.toExtend<PropertiesArgument<ServerProperties<'qr_created'>>>();
});
