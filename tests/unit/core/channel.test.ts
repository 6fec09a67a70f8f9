import { randomBytes } from 'node:crypto';
import { emailChannel, isAmongChannels } from '../../../src/core/address/destination';
import { createKeyRing } from '../../../src/core/proof/key-ring';

const key = () => randomBytes(32).toString('base64');

describe('the channel of a first factor', () => {
  it('is the same for each spelling of an address, and holds nothing of it', () => {
    const ring = createKeyRing([key()]);
    const channel = emailChannel(ring, 'Ada@Acme.example');
    expect(isAmongChannels(ring, [channel], ' ada@acme.EXAMPLE ')).toBe(true);
    expect(isAmongChannels(ring, [channel], 'ada@home.example')).toBe(false);
    expect(channel).toMatch(/^[\w-]{22}$/);
  });

  it('is known under an older key, and not under a foreign one', () => {
    const [older, newer] = [key(), key()];
    const channel = emailChannel(createKeyRing([older]), 'ada@acme.example');
    expect(isAmongChannels(createKeyRing([newer, older]), [channel], 'ada@acme.example')).toBe(true);
    expect(isAmongChannels(createKeyRing([newer]), [channel], 'ada@acme.example')).toBe(false);
  });
});
