import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  envDir: false,
  // From source, as there may be no build of it yet.
  resolve: { conditions: ['@qr/source', ...defaultClientConditions] },
  plugins: [react()],
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // Inlined files would be data: URLs, which the content security policy does not allow.
    assetsInlineLimit: 0,
  },
});
