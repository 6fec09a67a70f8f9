export { createTestClock as createClock } from '../../src/testing/test-clock';
export type { TestClock as SettableClock } from '../../src/testing/test-clock';
