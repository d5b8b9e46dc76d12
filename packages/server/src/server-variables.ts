import Type, { type TOptional, type TString } from '@qr/plan/typebox';

const ORIGIN = 'https?://[^/?#@,\\s]+';

/** What every server reads. @param port the default of `PORT` */
export const serverVariables = (port: number) => ({
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: port, expected: 'a port number' }),
  HOST: Type.String({ default: '127.0.0.1', expected: 'an address to listen on' }),
  DEBUG_ROUTES: Type.Boolean({ default: false, expected: '1 or 0' }),
});

/** What a service reads that other services ask, or that asks them. */
export const serviceTokenVariables = {
  SERVICE_TOKEN: Type.String({
    minLength: 32,
    expected: 'a random token of at least 32 characters, the same in every service',
    secret: true,
  }),
};

/** What a service with sessions reads: see `createSessions`. */
export const sessionVariables = {
  JWT_SECRET: Type.String({
    minLength: 32,
    expected: 'a random key of at least 32 characters, the same in every service',
    secret: true,
  }),
  PUBLIC_ORIGIN: Type.String({
    pattern: `^${ORIGIN}(,${ORIGIN})*$`,
    default: 'http://localhost:3000',
    expected: 'the origins whose pages may use this service, separated by commas, such as https://app.example.com',
  }),
};

/** What a service with a database reads: see `openDatabase`. */
export const databaseVariables = {
  DATABASE_URL: Type.String({
    pattern: '^postgres(ql)?://',
    expected: 'a connection string such as postgres://user:password@host:5432/database',
    secret: true,
  }),
};

/** A variable with one origin. @param what what is there, for the message: `the origin of orders-service` */
export const originVariable = (fallback: string, what: string): TString =>
  Type.String({
    pattern: `^${ORIGIN}$`,
    default: fallback,
    expected: `${what}, such as ${fallback}, without a slash at the end`,
  });

/** A variable with the origin of each instance of something; split it at the commas. Absent without a `fallback`. */
export function originsVariable(fallback: string, what: string): TString;
export function originsVariable(fallback: undefined, what: string): TOptional<TString>;
export function originsVariable(fallback: string | undefined, what: string): TString | TOptional<TString> {
  const options = {
    pattern: `^${ORIGIN}(,${ORIGIN})*$`,
    expected: `${what}, or those of its instances, separated by commas, without a slash at the end`,
  };
  return fallback === undefined ? Type.Optional(Type.String(options)) : Type.String({ ...options, default: fallback });
}
