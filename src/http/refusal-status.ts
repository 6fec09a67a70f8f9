/** The HTTP status of each refused step; 401 asks to authenticate further. */
const STATUS: ReadonlyMap<string, number> = new Map([
  ['malformed-code', 400],
  ['no-authenticator', 400],
  ['not-a-phone-number', 400],
  ['country-code-missing', 400],
  ['not-a-possible-number', 400],
  ['number-not-textable', 400],
  ['not-an-email-address', 400],
  ['not-acknowledged', 400],
  ['no-challenge', 409],
  ['challenge-expired', 409],
  ['wizard-over', 409],
  ['last-factor', 409],
  ['no-factor', 409],
  ['too-many-authenticators', 409],
  ['too-many-changes', 429],
  ['same-channel', 403],
  ['method-not-offered', 403],
  ['cannot-skip', 403],
  ['country-not-allowed', 403],
  ['unlock-link-over', 404],
  ['unlock-link-of-another', 403],
  ['unlock-used-up', 429],
  ['locked', 429],
  ['send-limit', 429],
  ['send-budget-exhausted', 429],
  ['delivery-failed', 503],
  ['secret-unreadable', 503],
]);

export function refusalStatus(because: string): number {
  return STATUS.get(because) ?? 401;
}
