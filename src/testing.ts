import './testing/refuse-production';

export { createOutbox } from './delivery/outbox';
export type { Outbox, OutboxMessage, OutboxOptions } from './delivery/outbox';
export { codeFor } from './testing/code-for';
export { newestCode } from './testing/newest-code';
export { recordStoreContract } from './testing/record-store-contract';
export { signInAs } from './testing/sign-in-as';
export type { SignedIn, SignInAsOptions, TestPerson } from './testing/sign-in-as';
export { createSoftwarePasskey } from './testing/software-passkey';
export type {
  AuthenticationAnswer,
  CreationOptions,
  ForgedParts,
  RegistrationAnswer,
  RequestOptions,
  SoftwarePasskey,
  SoftwarePasskeyOptions,
} from './testing/software-passkey';
export { stateStoreContract } from './testing/state-store-contract';
export type { Checked, TestFramework } from './testing/test-framework';
export type { FetchLike, SupertestAgent, SupertestRequest, TestAgent } from './testing/test-agent';
export { createTestClock } from './testing/test-clock';
export type { TestClock } from './testing/test-clock';
