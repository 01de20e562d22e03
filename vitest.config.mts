import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // What an extension imports by our name; all of our plugins would need a page.
  resolve: {
    alias: { 'jupyter-mlversion': fileURLToPath(new URL('labextension/src/artifacts/tokens.ts', import.meta.url)) }
  },
  test: { include: ['labextension/tests/**/*.test.ts'], environment: 'node' }
});
