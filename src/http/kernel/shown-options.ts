import { addressBy, maskDestination } from '../../core/address/destination';
import type { Option } from '../../core/decision/decide';
import { onFileId } from '../../core/member/factor-kind';
import { channelOfKind } from '../../factors/find-factor';
import type { Gathered } from '../../flows/context/gather-facts';

/** An option as a person may see it. */
export interface ShownOption extends Option {
  readonly destination?: string;
  readonly label?: string;
}

export function showOptions(gathered: Gathered, options: readonly Option[]): readonly ShownOption[] {
  const { member, account } = gathered;
  return options.map((option) => {
    const authenticator = member.authenticators.find(({ id }) => id === option.authenticatorId);
    if (authenticator !== undefined) {
      const { maskedDestination, label } = authenticator;
      return { ...option, label, ...(maskedDestination === null ? {} : { destination: maskedDestination }) };
    }
    const channel = channelOfKind(option.kind);
    const address = channel === null ? undefined : addressBy(channel, account);
    const isOnFile = option.authenticatorId === onFileId(option.kind);
    if (!isOnFile || channel === null || address === undefined) return option;
    return { ...option, destination: maskDestination(channel, address) };
  });
}
