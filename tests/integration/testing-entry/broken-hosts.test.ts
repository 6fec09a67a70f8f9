import { attack } from '../../../src/testing';
import { PROBES } from '../../../src/testing/attack/attack';
import { createBrokenHost } from '../../support/broken-host';
import { FLAWS } from './flaws';

describe('attack', () => {
  it.each(FLAWS)('catches a host that $is', async ({ caughtBy, at, saying = '', ...flaw }) => {
    const host = createBrokenHost(flaw);
    const { findings } = await attack(host.app, { ...host.options, only: [caughtBy] });
    expect(findings).toContainEqual(
      expect.objectContaining({ probe: caughtBy, request: at, saw: expect.stringContaining(saying) }),
    );
    await host.close();
  });

  it('finds nothing in the same host without a flaw', async () => {
    const host = createBrokenHost();
    const { findings } = await attack(host.app, host.options);
    expect(findings).toEqual([]);
    await host.close();
  });

  it('has a host for every probe', () => {
    const caught = new Set(FLAWS.map(({ caughtBy }) => caughtBy));
    expect(PROBES.map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([]);
  });
});
