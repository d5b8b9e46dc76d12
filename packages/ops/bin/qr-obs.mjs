#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  console.error(
    'qr-obs is not built yet: run `npm run build` once, or use `npm run obs -- ...`, which runs it from source.',
  );
  process.exitCode = 2;
}
