import { event, hash, url } from '@qr/plan';
import Type from '@qr/plan/typebox';
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
  signup_failed: event({
    description:
      'A visitor tried to create an account and got none. The actor is the visitor, by an id that rotates daily.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {
      reason: Type.Union([Type.Literal('invalid'), Type.Literal('email_taken'), Type.Literal('server_error')], {
        description: 'Why: a closed list, never an error message, which may quote what the person typed.',
      }),
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
  login_failed: event({
    description:
      'A visitor tried to log in and was refused. The actor is the visitor: whose account it was is not said.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {
      reason: Type.Union([Type.Literal('wrong_credentials'), Type.Literal('too_many_attempts')], {
        description: 'Why.',
      }),
    },
  }),
  password_changed: event({
    description: 'A person replaced their password; their other sessions ended.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {},
  }),
  account_deleted: event({
    description:
      'A person removed their account. The actor is the visitor: nothing may be said of the person any more.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {},
  }),
  identity_linked: event({
    description:
      'A visitor became known as a user. Sent by `identifyUser` with both ids, which Mixpanel merges from then on. No activity: leave it out of retention.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {},
  }),
  logout: event({
    description: 'A person logged out.',
    owner: 'growth',
    surfaces: ['server'],
    properties: {},
  }),
};
