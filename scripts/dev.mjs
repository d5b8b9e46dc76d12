import { installDependencies } from './setup.mjs';

installDependencies();
const { runPlatform } = await import('./platform/run.mjs');
await runPlatform({ isDevelopment: true });
