/** Two suites: `meta` needs nothing; `browser` needs Chromium and a running server (CONSOLE_AT), which tests/operations/console.rs starts. */
import { defineConfig, mergeConfig } from 'vitest/config'
import vite from './vite.config.ts'

export default mergeConfig(
  vite,
  defineConfig({
    test: {
      projects: [
        { extends: true, test: { name: 'meta', include: ['meta/**/*.test.ts', 'src/**/*.test.ts'], environment: 'node' } },
        {
          extends: true,
          test: {
            name: 'browser',
            include: ['tests/**/*.test.ts'],
            environment: 'node',
            testTimeout: 90_000,
            hookTimeout: 60_000,
            // one browser and one server for all: two cores are not more for being asked by four
            fileParallelism: false,
          },
        },
      ],
    },
  }),
)
