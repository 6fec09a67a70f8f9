/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const support = '<rootDir>/tests/support';

const base = {
  testEnvironment: 'node',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // otplib depends on @scure/base and @noble/hashes, which ship ESM only: let swc turn them into CommonJS.
  transformIgnorePatterns: ['/node_modules/(?!(@scure|@noble)/)'],
  // The package's own name means its source, as in tsconfig.json.
  moduleNameMapper: {
    '^express-mfa$': '<rootDir>/src/index.ts',
    '^express-mfa/(postgres|redis|smtp|twilio|testing)$': '<rootDir>/src/$1.ts',
    // English only: zod loads its messages in sixty languages, and Jest loads modules again for each file.
    '^\\.\\./locales/index\\.cjs$': 'zod/v4/locales/en.cjs',
  },
} satisfies Config;

const project = (name: string, setup?: string) => ({
  ...base,
  displayName: name,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  // globalSetup is read from the projects that have tests to run, once per distinct path.
  ...(setup === undefined
    ? {}
    : {
        globalSetup: `${support}/${setup}.ts`,
        globalTeardown: `${support}/teardown.ts`,
        setupFilesAfterEnv: [`${support}/fresh-database.ts`, `${support}/cheap-hashes.ts`],
      }),
});

const config: Config = {
  maxWorkers: 2,
  // Node's module cache and Jest's grow with every file a worker has run.
  workerIdleMemoryLimit: '1GB',
  // No limit that a slow machine could reach; a test that hangs still ends.
  testTimeout: 180_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts'],
  projects: [
    project('unit'),
    project('contract', 'setup-stores'),
    project('integration', 'setup-stores'),
    project('e2e', 'setup-browser'),
  ],
};

export default config;
