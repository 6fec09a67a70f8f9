import './testing/refuse-production';

export { codeFor } from './testing/code-for';
export { recordStoreContract } from './testing/record-store-contract';
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
