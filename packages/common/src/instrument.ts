import { instance } from './instance.ts';

// For `node --import @qr/common/instrument`: the service is named after its package, as npm scripts know it.
instance.errors.start(process.env['npm_package_name'] ?? 'service');
