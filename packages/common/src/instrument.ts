import { initializeSentry } from './calls.ts';

// For `node --import @qr/common/instrument`: the service is named after its package, as npm scripts know it.
initializeSentry(process.env['npm_package_name'] ?? 'service');
