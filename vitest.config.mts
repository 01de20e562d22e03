import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['labextension/tests/**/*.test.ts'], environment: 'node' }
});
