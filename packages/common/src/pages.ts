export * from '@qr/server/pages';
