import { expect, it } from 'vitest';
import { serverAddress } from '../src/connection.ts';

it.each([
  ['postgres://user:secret@db.example.com:6543/shop', 'db.example.com:6543'],
  ['postgresql://user@db.example.com/shop?sslmode=require', 'db.example.com:5432'],
  ['postgres://user@%2Fvar%2Frun%2Fpostgresql/shop', '/var/run/postgresql:5432'],
  ['postgres:///shop', 'localhost:5432'],
])('%s is shown as %s', (url, address) => {
  expect(serverAddress(url)).toBe(address);
});

it.each(['', 'mysql://user:hunter2@db/shop', 'postgres://user:hunter2@db:port/shop'])(
  '"%s" is refused without being repeated',
  (url) => {
    expect(() => serverAddress(url)).toThrow(
      'DATABASE_URL must be of the form postgres://user:password@host:port/database.',
    );
    expect(() => serverAddress(url)).not.toThrow('hunter2');
  },
);
