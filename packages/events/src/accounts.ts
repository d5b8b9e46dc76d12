import Type from 'typebox';
import { event } from './event.ts';
import { hash, url } from './privacy.ts';
import { planName } from './vocabulary.ts';

const email = () => Type.Optional(hash(Type.String({ description: 'Address of the account.' })));

/** Signing up, in and out. */
export const accountEvents = {
  signup_completed: event({
    description: 'A person finished creating an account.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {
      email: email(),
      signup_method: Type.Union([Type.Literal('email'), Type.Literal('google')], {
        description: 'How the account was made.',
      }),
      plan: planName,
      source: Type.Optional(url(Type.String({ description: 'The page that led here (the Referer header).' }))),
    },
  }),
  login_completed: event({
    description: 'A person logged in.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {
      email: email(),
      login_method: Type.Union([Type.Literal('email'), Type.Literal('google')], {
        description: 'How the person proved who they are.',
      }),
    },
  }),
  logout: event({
    description: 'A person logged out.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {},
  }),
};
